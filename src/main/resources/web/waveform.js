// The recording as a picture: all of it above, a window of it below with the words at their times.
import { $, clock, color, context } from './dom.js';

const PER_SECOND = 200, RULER = 18, LANE = 40;

/** Loudness, 200 values a second, from a file; null when the browser cannot decode it. */
export async function peaks(bytes) {
  let sound;
  try {
    sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes);
  } catch { return null; }
  const step = sound.sampleRate / PER_SECOND, out = new Float32Array(Math.ceil(sound.length / step));
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const samples = sound.getChannelData(channel);
    for (let k = 0; k < out.length; k++) {
      let most = out[k];
      for (let i = Math.floor(k * step), end = Math.min(samples.length, Math.floor((k + 1) * step)); i < end; i++) {
        const v = Math.abs(samples[i]);
        if (v > most) most = v;
      }
      out[k] = most;
    }
  }
  const loudest = out.reduce((a, b) => Math.max(a, b), 1e-4);
  return out.map(v => Math.sqrt(v / loudest));
}

export class Waveform extends EventTarget {
  constructor() {
    super();
    this.overview = $('overview');
    this.detail = $('detail');
    this.edges = { start: $('edge-start'), end: $('edge-end') };
    this.from = 0;
    this.span = 8;
    this.time = 0;
    this.chosen = -1;
    this.listen();
  }

  show(alignment) {
    this.alignment = alignment;
    this.peaks = null;
    this.from = 0;
    this.span = Math.min(Math.max(2, this.detail.clientWidth / 150), Math.max(1, alignment.duration));
    this.chosen = -1;
    this.time = 0;
    this.overview.setAttribute('aria-valuemax', alignment.duration.toFixed(2));
    this.width = this.detail.clientWidth;
    this.draw();
  }

  setPeaks(values) { this.peaks = values; this.draw(); }

  /** Where it plays; the window turns over like a page. */
  setTime(seconds, follow) {
    this.time = seconds;
    if (follow && (seconds > this.from + this.span * .92 || seconds < this.from)) this.look(seconds - this.span * .12);
    this.overview.setAttribute('aria-valuenow', seconds.toFixed(2));
    this.overview.setAttribute('aria-valuetext', clock(seconds, 1));
    this.draw();
  }

  look(from) { this.from = Math.min(Math.max(0, from), Math.max(0, this.alignment.duration - this.span)); }

  choose(i) {
    this.chosen = i;
    if (i >= 0 && this.alignment.isTimed(i)) {
      const w = this.alignment.words[i];
      if (w.start < this.from || w.end > this.from + this.span) this.look((w.start + w.end) / 2 - this.span / 2);
    }
    this.draw();
  }

  zoom(by) {
    const middle = Math.min(Math.max(this.time, this.from), this.from + this.span), share = (middle - this.from) / this.span;
    this.span = Math.min(Math.max(this.span * by, 1), Math.min(120, Math.max(1, this.alignment.duration)));
    this.look(middle - share * this.span);
    this.draw();
  }

  x(seconds) { return (seconds - this.from) / this.span * this.detail.clientWidth; }
  seconds(x) { return this.from + x / this.detail.clientWidth * this.span; }

  draw() {
    if (!this.alignment) return;
    this.nameEdges();
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.drawOverview();
      this.drawDetail();
      this.placeEdges();
    });
  }

  /** Bars of loudness between two times, lit up to the time that plays. */
  bars(c, from, to, width, top, height) {
    if (!this.peaks) return;
    const bar = 3, gap = 1.5, count = Math.ceil(width / (bar + gap));
    const playing = color('played'), rest = color('wave');
    for (let k = 0; k < count; k++) {
      const a = from + (to - from) * k / count, b = from + (to - from) * (k + 1) / count;
      let most = 0;
      for (let i = Math.floor(a * PER_SECOND), end = Math.max(i + 1, Math.ceil(b * PER_SECOND)); i < end; i++) most = Math.max(most, this.peaks[i] ?? 0);
      const h = Math.max(2, most * height);
      c.fillStyle = b <= this.time ? playing : rest;
      c.beginPath();
      c.roundRect(k * (bar + gap), top + (height - h) / 2, bar, h, 1.5);
      c.fill();
    }
  }

  drawOverview() {
    const c = context(this.overview), w = this.overview.clientWidth, h = this.overview.clientHeight, all = this.alignment.duration || 1;
    c.fillStyle = color('accent-soft');
    c.fillRect(this.from / all * w, 0, this.span / all * w, h);
    this.bars(c, 0, all, w, 4, h - 8);
    c.fillStyle = color('ink');
    c.fillRect(this.time / all * w - 1, 0, 2, h);
  }

  drawDetail() {
    const c = context(this.detail), w = this.detail.clientWidth, h = this.detail.clientHeight, wave = h - RULER - LANE;
    this.ruler(c, w, h);
    const { words } = this.alignment;
    const first = Math.max(0, this.alignment.at(this.from)), now = this.alignment.at(this.time);
    if (this.chosen >= 0 && this.alignment.isTimed(this.chosen)) {
      const word = words[this.chosen];
      c.fillStyle = color('accent-soft');
      c.fillRect(this.x(word.start), RULER, this.x(word.end) - this.x(word.start), h - RULER);
    }
    this.bars(c, this.from, this.from + this.span, w, RULER + 4, wave - 8);
    c.textBaseline = 'middle';
    c.font = '16px ' + color('serif');
    for (let i = first; i < words.length; i++) {
      if (!this.alignment.isTimed(i)) continue;
      if (words[i].start > this.from + this.span) break;
      this.word(c, i, h, i === now && this.time < words[i].end);
    }
    c.fillStyle = color('ink');
    c.fillRect(this.x(this.time) - 1, RULER - 4, 2, h);
  }

  word(c, i, h, now) {
    const word = this.alignment.words[i], left = this.x(word.start) + .5, width = Math.max(3, this.x(word.end) - this.x(word.start) - 1), top = h - LANE + 6;
    c.fillStyle = now ? color('glow') : i === this.chosen ? color('card') : color('soft');
    c.beginPath();
    c.roundRect(left, top, width, LANE - 9, 6);
    c.fill();
    c.lineWidth = i === this.chosen ? 2 : 1.5;
    c.strokeStyle = i === this.chosen ? color('accent') : this.alignment.isUnsure(i) ? color('warn') : color('line');
    c.setLineDash(this.alignment.isUnsure(i) || word.status === 'interpolated' ? [4, 3] : []);
    c.stroke();
    c.setLineDash([]);
    if (width < 12) return;
    c.save();
    c.clip();
    c.fillStyle = now ? color('on-glow') : color('ink');
    let text = c.measureText(word.text).width;
    const smaller = Math.max(11, Math.min(16, Math.floor(16 * (width - 6) / text)));
    if (smaller < 16) { c.font = `${smaller}px ${color('serif')}`; text = c.measureText(word.text).width; }
    // A little too long is drawn narrower; what is much too long is cut off.
    const narrow = text > width - 4 && text * .7 <= width - 4 ? width - 4 : undefined;
    c.fillText(word.text, Math.max(left + 3, left + (width - text) / 2) - (narrow ? 1 : 0), top + (LANE - 9) / 2 + 1, narrow);
    c.restore();
  }

  ruler(c, w, h) {
    const step = [.1, .2, .5, 1, 2, 5, 10, 20].find(s => s / this.span * w > 70) ?? 30;
    c.font = '11.5px ' + color('sans');
    c.textBaseline = 'middle';
    for (let t = Math.ceil(this.from / step) * step; t <= this.from + this.span; t += step) {
      const x = this.x(t);
      c.fillStyle = color('line');
      c.fillRect(x, RULER - 4, 1, h - RULER - LANE + 4);
      c.fillStyle = color('quiet');
      if (x < w - 40) c.fillText(clock(t, step < 1 ? 1 : 0), x + 4, 7);
    }
  }

  placeEdges() {
    const shown = this.chosen >= 0 && this.alignment.isTimed(this.chosen);
    for (const [side, edge] of Object.entries(this.edges)) {
      const t = shown ? this.alignment.words[this.chosen][side] : -1;
      edge.hidden = !shown || t < this.from - .001 || t > this.from + this.span + .001;
      if (edge.hidden) continue;
      edge.style.left = this.x(t) + 'px';
    }
  }

  /** What screen readers say of the edges: at once, because they read it out when the key has gone down, not when the next frame is drawn. */
  nameEdges() {
    if (this.chosen < 0 || !this.alignment.isTimed(this.chosen)) return;
    const { from, to } = this.alignment.room(this.chosen);
    for (const [side, edge] of Object.entries(this.edges)) {
      const t = this.alignment.words[this.chosen][side];
      const told = { valuemin: from.toFixed(3), valuemax: to.toFixed(3), valuenow: t.toFixed(3), valuetext: `${t.toFixed(2)} seconds` };
      for (const [name, value] of Object.entries(told)) if (edge.getAttribute(`aria-${name}`) !== value) edge.setAttribute(`aria-${name}`, value);
    }
  }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  listen() {
    const seek = e => this.tell('seek', Math.min(Math.max(0, e.offsetX / this.overview.clientWidth), 1) * this.alignment.duration);
    this.overview.addEventListener('pointerdown', e => { this.overview.setPointerCapture(e.pointerId); seek(e); });
    this.overview.addEventListener('pointermove', e => { if (this.overview.hasPointerCapture(e.pointerId)) seek(e); });
    this.overview.addEventListener('keydown', e => {
      const to = { ArrowRight: this.time + 1, ArrowLeft: this.time - 1, PageDown: this.time + 10, PageUp: this.time - 10, Home: 0, End: this.alignment.duration }[e.key];
      if (to !== undefined) { e.preventDefault(); this.tell('seek', Math.min(Math.max(0, to), this.alignment.duration)); }
    });
    this.detail.addEventListener('pointerdown', e => {
      const t = this.seconds(e.offsetX), i = this.alignment.at(t);
      if (i >= 0 && t < this.alignment.words[i].end) this.tell('choose', i);
      this.tell('seek', t);
    });
    this.detail.addEventListener('wheel', e => {
      e.preventDefault();
      if (e.ctrlKey) return this.zoom(e.deltaY > 0 ? 1.2 : 1 / 1.2);
      this.look(this.from + (e.deltaX || e.deltaY) / this.detail.clientWidth * this.span);
      this.draw();
    }, { passive: false });
    for (const [side, edge] of Object.entries(this.edges)) this.drag(side, edge);
    addEventListener('resize', () => {
      // A second stays as wide as it was.
      const width = this.detail.clientWidth;
      if (this.alignment && this.width && width) this.zoom(width / this.width);
      this.width = width;
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  drag(side, edge) {
    let off = 0;
    edge.addEventListener('pointerdown', e => {
      edge.setPointerCapture(e.pointerId);
      off = e.clientX - this.detail.getBoundingClientRect().left - this.x(this.alignment.words[this.chosen][side]);
      edge.focus();
      e.preventDefault();
    });
    edge.addEventListener('pointermove', e => {
      if (edge.hasPointerCapture(e.pointerId)) this.tell('edge', { side, to: this.seconds(e.clientX - this.detail.getBoundingClientRect().left - off) });
    });
    edge.addEventListener('lostpointercapture', () => this.tell('settle', side));
    edge.addEventListener('keydown', e => {
      const step = (e.shiftKey ? .1 : .01) * ({ ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key] ?? 0);
      if (!step) return;
      e.preventDefault();
      e.stopPropagation();
      this.tell('edge', { side, to: this.alignment.words[this.chosen][side] + step });
      this.tell('settle');
    });
  }
}

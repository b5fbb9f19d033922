// The result: it plays, its words light up, their edges move, it is exported.
import { $, clock, say } from './dom.js';
import { Alignment } from './alignment.js';
import { Transcript } from './transcript.js';
import { Waveform, peaks } from './waveform.js';
import * as api from './api.js';

const NUDGE = 0.01;
/** Decoding more than this needs more memory than a tab should take. */
const LONGEST_PICTURE = 3 * 3600;

export class Editor {
  constructor() {
    this.audio = $('audio');
    this.words = new Transcript($('words'));
    this.wave = new Waveform();
    this.chosen = -1;
    this.listen();
  }

  get isOpen() { return !$('result').hidden; }

  /** Shows an alignment of a recording (a Blob with a name). */
  async open(json, recording, name) {
    this.alignment = new Alignment(json);
    this.chosen = -1;
    this.name = name;
    this.alignment.addEventListener('change', e => this.changed(e.detail));
    URL.revokeObjectURL(this.audio.src);
    this.audio.src = URL.createObjectURL(recording);
    $('result').hidden = false;
    $('result-name').textContent = name;
    const missing = json.words.filter(w => w.start === null).length;
    $('verdict').textContent = { ok: 'Matches', doubtful: 'Doubtful', mismatch: 'Does not match' }[json.verdict];
    $('verdict').className = 'badge ' + json.verdict;
    $('facts').textContent = `${clock(json.audio.duration, 0)} · ${json.words.length} words${missing ? `, ${missing} not heard` : ''} · ${languageName(json.language)} · ${Math.round(json.confidence * 100)} % sure`;
    this.words.show(json.lines.map(l => json.words.slice(l.firstWord, l.firstWord + l.wordCount).map(w => w.text)));
    json.words.forEach((w, i) => this.describe(i));
    this.wave.show(this.alignment);
    this.card();
    this.buttons();
    this.tick();
    this.showFormats().catch(() => { $('export-note').textContent = 'The formats cannot be asked for.'; });
    if (json.audio.duration < LONGEST_PICTURE) {
      const values = await peaks(await recording.arrayBuffer());
      if (this.alignment.json === json) this.wave.setPeaks(values);
    }
  }

  close() {
    this.audio.pause();
    $('result').hidden = true;
  }

  describe(i) {
    const w = this.alignment.words[i], timed = w.start !== null;
    this.words.mark(i, 'unsure', this.alignment.isUnsure(i));
    this.words.mark(i, 'interpolated', w.status === 'interpolated');
    this.words.mark(i, 'missing', !timed);
    this.words.label(i, timed ? `${w.start.toFixed(2)} to ${w.end.toFixed(2)} s, ${Math.round(w.confidence * 100)} percent sure` : 'not heard');
  }

  changed(i) {
    this.describe(i);
    this.card();
    this.buttons();
    this.wave.draw();
  }

  buttons() {
    $('undo').disabled = !this.alignment.done.length;
    $('redo').disabled = !this.alignment.undone.length;
    $('next-unsure').disabled = this.unsureAfter(-1) < 0;
  }

  /** The card of the chosen word. */
  card() {
    const i = this.chosen, w = this.alignment.words[i], timed = w && w.start !== null;
    $('word-name').textContent = w ? `“${w.text}”` : 'No word chosen';
    for (const side of ['start', 'end']) {
      const input = $('word-' + side);
      input.disabled = !w;
      if (document.activeElement !== input) input.value = timed ? w[side].toFixed(2) : '';
    }
    $('word-sure').value = timed ? w.confidence : 0;
    $('word-percent').textContent = timed ? `${Math.round(w.confidence * 100)} %` : '–';
    $('word-play').disabled = !timed;
    $('word-note').textContent = !w ? 'Choose a word to hear it and to move its edges.'
      : !timed ? 'It was not heard. Give it a start to place it.'
        : w.status === 'interpolated' ? 'It was not heard for itself; it lies between its neighbours.'
          : 'Drag its edges in the picture, or use [ ] and { }.';
  }

  choose(i, focus = false) {
    this.alignment.settle();
    this.chosen = i;
    this.words.choose(i, focus);
    this.wave.choose(i);
    this.card();
  }

  seek(seconds) {
    this.until = null;
    this.audio.currentTime = seconds;
    this.wave.setTime(seconds, true);
    this.show(seconds);
  }

  async play() {
    this.until = null;
    if (this.audio.paused) await this.audio.play().catch(() => say('The browser cannot play this recording.'));
    else this.audio.pause();
  }

  async playWord() {
    const w = this.alignment.words[this.chosen];
    if (!w || w.start === null) return;
    this.audio.currentTime = w.start;
    this.until = w.end;
    await this.audio.play().catch(() => say('The browser cannot play this recording.'));
  }

  tick() {
    const t = this.audio.currentTime;
    if (this.until !== null && t >= this.until) { this.audio.pause(); this.until = null; }
    this.wave.setTime(t, !this.audio.paused);
    this.show(t);
    if (!this.audio.paused) requestAnimationFrame(() => this.tick());
  }

  show(t) {
    const i = this.alignment.at(t);
    this.words.light(i >= 0 && t < this.alignment.words[i].end ? i : -1, this.audio.paused ? null : 'nearest');
    $('clock').textContent = `${clock(t)} / ${clock(this.alignment.duration)}`;
  }

  unsureAfter(i) {
    const count = this.alignment.words.length;
    for (let k = 1; k <= count; k++) {
      const j = (i + k + count) % count;
      if (this.alignment.isUnsure(j) || !this.alignment.isTimed(j) || this.alignment.words[j].status === 'interpolated') return j;
    }
    return -1;
  }

  nextUnsure() {
    const i = this.unsureAfter(this.chosen);
    if (i < 0) return say('There is no unsure word.');
    this.choose(i, true);
    this.seek(this.alignment.isTimed(i) ? this.alignment.words[i].start : this.alignment.room(i).from);
  }

  /** Moves one edge to a time. */
  edge(side, to) {
    const w = this.alignment.words[this.chosen];
    if (!w || w.start === null) return;
    const moved = side === 'start' ? this.alignment.move(this.chosen, Math.min(to, w.end - .02), w.end) : this.alignment.move(this.chosen, w.start, to);
    if (!moved) return;
    $('word-note').textContent = `${side === 'start' ? 'Starts' : 'Ends'} at ${w[side].toFixed(2)} s now.`;
  }

  typed(side) {
    const w = this.alignment.words[this.chosen], to = Number.parseFloat($('word-' + side).value);
    if (!w || !Number.isFinite(to)) return this.card();
    const start = side === 'start' ? to : w.start ?? to - .2, end = side === 'end' ? to : Math.max(w.end ?? to + .2, to + .02);
    if (!this.alignment.move(this.chosen, start, end)) say('There is no room for it there.');
    this.alignment.settle();
    $('word-' + side).value = w[side] === null ? '' : w[side].toFixed(2);
  }

  step(how) {
    const i = this.alignment[how]();
    if (i >= 0) { this.choose(i); say(how === 'undo' ? 'Undone' : 'Done again'); }
    this.buttons();
  }

  async showFormats() {
    if ($('formats').childElementCount) return;
    for (const format of await api.formats()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = { textgrid: 'TextGrid', ultrastar: 'UltraStar', 'ttml-apple': 'TTML (Apple)', elan: 'ELAN', audacity: 'Audacity', elrc: 'LRC, by word' }[format.name] ?? format.name.toUpperCase();
      button.dataset.format = format.name;
      button.addEventListener('click', () => this.exportAs(format, button));
      $('formats').append(button);
    }
  }

  async exportAs(format, button) {
    button.classList.add('busy');
    try {
      const link = document.createElement('a'), blob = await api.exported(this.alignment.json, format);
      link.href = URL.createObjectURL(blob);
      link.download = this.name.replace(/\.[^.]+$/, '') + '.' + format.extension;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      say(`Saved ${link.download}`);
    } catch (e) {
      say(e.message);
    } finally {
      button.classList.remove('busy');
    }
  }

  listen() {
    this.until = null;
    $('play').addEventListener('click', () => this.play());
    for (const event of ['play', 'pause']) this.audio.addEventListener(event, () => {
      const on = !this.audio.paused;
      $('play').setAttribute('aria-pressed', on);
      $('play').querySelector('span').textContent = on ? 'Stop' : 'Play';
      if (this.alignment) this.tick();
    });
    $('rate').addEventListener('change', e => { this.audio.playbackRate = Number(e.target.value); });
    $('zoom-in').addEventListener('click', () => this.wave.zoom(1 / 1.6));
    $('zoom-out').addEventListener('click', () => this.wave.zoom(1.6));
    $('next-unsure').addEventListener('click', () => this.nextUnsure());
    $('undo').addEventListener('click', () => this.step('undo'));
    $('redo').addEventListener('click', () => this.step('redo'));
    $('word-play').addEventListener('click', () => this.playWord());
    for (const side of ['start', 'end']) $('word-' + side).addEventListener('change', () => this.typed(side));
    this.wave.addEventListener('seek', e => this.seek(e.detail));
    this.wave.addEventListener('choose', e => this.choose(e.detail));
    this.wave.addEventListener('edge', e => this.edge(e.detail.side, e.detail.to));
    // The arrows on a handle are read out as its value; who drags it is told here.
    this.wave.addEventListener('settle', e => { this.alignment.settle(); if (e.detail) this.told(e.detail); });
    this.words.addEventListener('choose', e => { this.choose(e.detail); if (this.alignment.isTimed(e.detail)) this.seek(this.alignment.words[e.detail].start); });
    this.words.addEventListener('visit', e => this.choose(e.detail));
    $('words').addEventListener('keydown', e => {
      if (e.key !== 'Enter' || this.chosen < 0 || !this.alignment.isTimed(this.chosen)) return;
      this.audio.play().catch(() => say('The browser cannot play this recording.'));
    });
    addEventListener('keydown', e => this.key(e));
  }

  key(e) {
    if (!this.isOpen || $('file').hidden || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || document.querySelector('dialog[open]')) return;
    const w = this.alignment.words[this.chosen];
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'z') { e.preventDefault(); return this.step(e.shiftKey ? 'redo' : 'undo'); }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const does = {
      ' ': () => e.target.tagName !== 'BUTTON' && e.target.tagName !== 'SUMMARY' && this.play(),
      u: () => this.nextUnsure(), U: () => this.nextUnsure(),
      '[': () => w && this.nudge('start', -NUDGE), ']': () => w && this.nudge('start', NUDGE),
      '{': () => w && this.nudge('end', -NUDGE), '}': () => w && this.nudge('end', NUDGE),
    }[e.key];
    if (does && does() !== false) e.preventDefault();
  }

  nudge(side, by) {
    const word = this.alignment.words[this.chosen];
    if (word.start === null) return;
    this.edge(side, word[side] + by);
    this.alignment.settle();
    this.told(side);
  }

  told(side) {
    const word = this.alignment.words[this.chosen];
    if (word) say(`${side === 'start' ? 'Starts' : 'Ends'} at ${word[side].toFixed(2)} seconds`);
  }
}

const names = new Intl.DisplayNames(['en'], { type: 'language' });
export const languageName = code => { try { return names.of(code); } catch { return code; } };

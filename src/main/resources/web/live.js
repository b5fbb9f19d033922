// The live page: the text as a prompter that follows the voice.
import { $, clock, color, context, countWords, counted, linesOf, problem } from './dom.js';
import { Microphone, RATE } from './microphone.js';
import { Session } from './session.js';
import { Transcript } from './transcript.js';
import * as api from './api.js';

export class Live {
  /** opened(alignment, wav) takes the result. */
  constructor(opened) {
    this.opened = opened;
    this.words = new Transcript($('live-words'));
    this.levels = [];
    $('live-form').addEventListener('submit', e => { e.preventDefault(); this.begin(); });
    $('live-text').addEventListener('input', () => { $('live-count').textContent = counted($('live-text').value); });
    $('finish').addEventListener('click', () => this.session?.finish());
    $('discard').addEventListener('click', () => this.stop());
    this.words.addEventListener('choose', e => {
      this.session?.seek(e.detail);
      this.words.light(e.detail, 'center');
    });
  }

  async begin() {
    const text = $('live-text').value;
    problem($('live-problem'));
    if (!countWords(text)) { $('live-text').focus(); return problem($('live-problem'), 'Paste the text that will be said.'); }
    if (!navigator.mediaDevices) return problem($('live-problem'), 'Browsers give the microphone to pages at localhost or over https only.');
    $('listen').disabled = true;
    try {
      await api.formats(); // asks for the token, if one is needed, where it can be asked for
      this.microphone = await Microphone.open((samples, loudest) => this.heard(samples, loudest));
    } catch (e) {
      const reason = { NotAllowedError: 'The microphone was not allowed; allow it in the browser and try again.', NotFoundError: 'There is no microphone.' }[e.name];
      return problem($('live-problem'), reason ?? e.message);
    } finally { $('listen').disabled = false; }
    this.total = countWords(text);
    this.final = 0;
    this.levels = [];
    this.words.show(linesOf(text));
    $('live-form').hidden = true;
    $('prompter').hidden = false;
    this.state('opening');
    this.session = new Session({ type: 'start', language: $('live-language').value, mode: 'speech', text,
      encoding: 'pcm_s16le', sampleRate: RATE, channels: 1, granularity: 'word' });
    this.session.addEventListener('state', e => this.state(e.detail));
    this.session.addEventListener('partial', e => this.words.light(e.detail.word, 'center'));
    this.session.addEventListener('word', e => this.word(e.detail));
    this.session.addEventListener('done', e => this.done(e.detail));
    this.session.addEventListener('failed', e => { this.stop(); problem($('live-problem'), e.detail.message); });
    $('finish').focus();
    this.draw();
  }

  heard(samples, loudest) {
    this.levels.push(loudest);
    if (this.levels.length > 2000) this.levels.splice(0, 1000);
    this.session?.add(samples);
  }

  word(event) {
    const i = event.index;
    if (event.start !== null && event.start !== undefined) {
      this.words.mark(i, 'heard', true);
      this.words.mark(i, 'unsure', event.confidence < 0.6);
      this.words.label(i, `heard at ${event.start.toFixed(2)} s`);
    }
    this.final = Math.max(this.final, i + 1);
    $('live-facts').textContent = `${this.final} of ${this.total} words`;
  }

  state(name) {
    const [text, kind] = { opening: ['Connecting', 'warn'], open: ['Listening', 'ok'], lost: ['Connection lost, coming back', 'warn'], finishing: ['Finishing', 'ok'] }[name];
    if (this.session?.finishing && name === 'open') return;
    $('live-state').textContent = text;
    $('live-state').className = 'badge ' + kind;
    $('finish').disabled = name === 'finishing';
    if (name === 'finishing') this.closeMicrophone();
  }

  done(alignment) {
    const wav = this.session.tape.wav();
    this.stop();
    this.opened(alignment, wav);
  }

  closeMicrophone() {
    this.microphone?.close();
    this.microphone = null;
  }

  stop() {
    this.closeMicrophone();
    this.session?.discard();
    this.session = null;
    $('prompter').hidden = true;
    $('live-form').hidden = false;
    $('live-facts').textContent = '';
  }

  draw() {
    if (!this.session) return;
    const canvas = $('level'), c = context(canvas), w = canvas.clientWidth, h = canvas.clientHeight, bar = 3, step = 4.5;
    const count = Math.floor(w / step), from = this.levels.length - count;
    for (let k = 0; k < count; k++) {
      const level = Math.sqrt(this.levels[from + k] ?? 0), tall = Math.max(2, level * (h - 12));
      c.fillStyle = color(k > count - 12 ? 'glow' : 'played');
      if (this.levels[from + k] === undefined) c.fillStyle = color('wave');
      c.beginPath();
      c.roundRect(k * step, (h - tall) / 2, bar, tall, 1.5);
      c.fill();
    }
    $('live-clock').textContent = clock(this.session.tape.length / RATE, 1);
    requestAnimationFrame(() => this.draw());
  }
}

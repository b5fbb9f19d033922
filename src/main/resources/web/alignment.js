// An alignment that can be changed: edges of words, with undo.
export const SHORTEST = 0.02;
const round = seconds => Math.round(seconds * 1000) / 1000;

export class Alignment extends EventTarget {
  constructor(json) {
    super();
    this.json = json;
    this.done = [];
    this.undone = [];
  }

  get words() { return this.json.words; }
  get duration() { return this.json.audio.duration; }
  isTimed(i) { return this.words[i].start !== null; }

  /** Below this a word is shown as unsure. */
  isUnsure(i) { return this.isTimed(i) && this.words[i].status === 'aligned' && this.words[i].confidence < 0.6; }

  /** The timed word before (by = -1) or after (by = 1) another; -1 if there is none. */
  timed(i, by) {
    for (let k = i + by; k >= 0 && k < this.words.length; k += by) if (this.isTimed(k)) return k;
    return -1;
  }

  /** Where the word at a time is, or the last before it; -1 if none. By halving: starts never fall. */
  at(seconds) {
    this.order ??= this.words.map((w, i) => i).filter(i => this.isTimed(i));
    let low = 0, high = this.order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[this.order[middle]].start <= seconds) low = middle + 1; else high = middle;
    }
    return low ? this.order[low - 1] : -1;
  }

  /** How far the edges of a word may go. */
  room(i) {
    const before = this.timed(i, -1), after = this.timed(i, 1);
    return { from: before < 0 ? 0 : this.words[before].end, to: after < 0 ? this.duration : this.words[after].start };
  }

  /** Moves the edges of a word, as far as its neighbours allow; a word without times gets them. */
  move(i, start, end) {
    const { from, to } = this.room(i);
    if (to - from < SHORTEST) return false;
    const word = this.words[i];
    const s = round(Math.min(Math.max(start, from), to - SHORTEST));
    const e = round(Math.min(Math.max(end, s + SHORTEST), to));
    if (s === word.start && e === word.end) return false;
    this.change(i, { start: s, end: e, status: 'aligned', confidence: 1 });
    return true;
  }

  change(i, to) {
    const word = this.words[i], from = { start: word.start, end: word.end, status: word.status, confidence: word.confidence, phones: word.phones };
    const last = this.done.at(-1);
    // A drag is one change, however many steps it has.
    if (last && last.i === i && last.open) last.to = to; else this.done.push({ i, from, to, open: true });
    this.undone = [];
    this.apply(i, to);
  }

  /** What comes next is a change of its own. */
  settle() { if (this.done.length) this.done.at(-1).open = false; }

  undo() {
    const step = this.done.pop();
    if (step) { this.undone.push(step); this.apply(step.i, step.from); }
    return step?.i ?? -1;
  }

  redo() {
    const step = this.undone.pop();
    if (step) { step.open = false; this.done.push(step); this.apply(step.i, step.to); }
    return step?.i ?? -1;
  }

  apply(i, values) {
    const word = this.words[i];
    Object.assign(word, values);
    // Phones do not move with the edges: what is not known is not told.
    if (values.phones === undefined) delete word.phones;
    this.order = undefined;
    const line = this.json.lines[word.line];
    const timed = this.words.slice(line.firstWord, line.firstWord + line.wordCount).filter(w => w.start !== null);
    line.start = timed.length ? timed[0].start : null;
    line.end = timed.length ? Math.max(...timed.map(w => w.end)) : null;
    this.dispatchEvent(new CustomEvent('change', { detail: i }));
  }
}

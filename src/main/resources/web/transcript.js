// The text, word by word; one stop of the Tab key, arrows inside.
import { calm } from './dom.js';

export class Transcript extends EventTarget {
  constructor(box) {
    super();
    this.box = box;
    this.spans = [];
    box.addEventListener('click', e => this.pick(e.target.closest('.word'), 'choose'));
    box.addEventListener('keydown', e => this.key(e));
  }

  /** Shows lines, each a list of words. */
  show(lines) {
    this.spans = [];
    this.now = this.chosen = -1;
    const all = document.createDocumentFragment();
    for (const line of lines) {
      const p = document.createElement('p');
      for (const text of line) {
        const span = document.createElement('span');
        span.className = 'word';
        span.setAttribute('role', 'button');
        span.tabIndex = this.spans.length ? -1 : 0;
        span.dataset.index = this.spans.length;
        span.textContent = text;
        p.append(span, ' ');
        this.spans.push(span);
      }
      all.append(p);
    }
    this.box.replaceChildren(all);
  }

  mark(i, name, on) { this.spans[i]?.classList.toggle(name, on); }
  label(i, text) { this.spans[i].title = text; this.spans[i].setAttribute('aria-label', `${this.spans[i].textContent}, ${text}`); }

  /** Lights up a word; -1 lights none. */
  light(i, follow) {
    if (i === this.now) return;
    this.mark(this.now, 'now', false);
    this.mark(i, 'now', true);
    this.now = i;
    if (i >= 0 && follow) this.reveal(i, follow);
  }

  choose(i, focus = false) {
    if (this.chosen >= 0) { this.mark(this.chosen, 'chosen', false); this.spans[this.chosen].tabIndex = -1; }
    else if (this.spans.length) this.spans[0].tabIndex = -1;
    this.chosen = i;
    if (i < 0) { if (this.spans.length) this.spans[0].tabIndex = 0; return; }
    this.mark(i, 'chosen', true);
    this.spans[i].tabIndex = 0;
    if (focus) this.spans[i].focus();
  }

  reveal(i, where = 'nearest') {
    const r = this.spans[i].getBoundingClientRect(), top = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const inside = where === 'center' ? r.top > innerHeight * .42 && r.bottom < innerHeight * .68 : r.top > top && r.bottom < innerHeight - 60;
    if (!inside) this.spans[i].scrollIntoView({ block: where === 'nearest' ? 'start' : where, behavior: calm() ? 'auto' : 'smooth' });
  }

  pick(span, how) { if (span) this.dispatchEvent(new CustomEvent(how, { detail: Number(span.dataset.index) })); }

  key(e) {
    const span = e.target.closest('.word');
    if (!span || e.ctrlKey || e.metaKey || e.altKey) return;
    const i = Number(span.dataset.index);
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: this.spans.length - 1, ArrowDown: this.below(i, 1), ArrowUp: this.below(i, -1) }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      if (this.spans[to]) { this.spans[to].focus(); this.pick(this.spans[to], 'visit'); }
    } else if (e.key === 'Enter') { e.preventDefault(); this.pick(span, 'choose'); }
  }

  /** The word nearest to another in the row below (by = 1) or above. */
  below(i, by) {
    const from = this.spans[i].getBoundingClientRect();
    let best = i, gap = Infinity, row = null;
    for (let k = i + by; this.spans[k]; k += by) {
      const r = this.spans[k].getBoundingClientRect();
      if (Math.abs(r.top - from.top) < 4) continue;
      row ??= r.top;
      if (Math.abs(r.top - row) >= 4) break;
      if (Math.abs(r.left - from.left) < gap) { gap = Math.abs(r.left - from.left); best = k; }
    }
    return best;
  }
}

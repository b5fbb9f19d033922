// Small helpers of the page.
export const $ = id => document.getElementById(id);

let toast = 0;
/** Says something to everybody, screen readers included. */
export function say(text) {
  const box = $('status');
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(toast);
  toast = setTimeout(() => box.classList.remove('shown'), 4000);
}

/** Shows or hides a sentence that says what is wrong. */
export function problem(box, text) {
  box.textContent = text ?? '';
  box.hidden = !text;
}

/** 83.456 -> "1:23.46"; digits after the point as asked. */
export function clock(seconds, digits = 2) {
  const unit = 10 ** digits, whole = Math.round(Math.max(0, seconds) * unit) / unit;
  const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60;
  const s = (whole % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, '0');
  return h ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** A custom property of the style sheet, for canvases. */
export const color = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

/** A canvas whose pixels are those of the screen; returns its context in CSS pixels. */
export function context(canvas) {
  const scale = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  if (canvas.width !== Math.round(w * scale) || canvas.height !== Math.round(h * scale)) {
    canvas.width = Math.round(w * scale);
    canvas.height = Math.round(h * scale);
  }
  const c = canvas.getContext('2d');
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, w, h);
  return c;
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

// What separates words and ends lines, as org.chorale.text.Whitespace has it: not quite \s.
const WORD = /[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const LINE_END = /\r\n|[\n-\r\x85\u2028\u2029]/;

/** The lines of a text, each a list of its words; blank ones are none. */
export const linesOf = text => text.split(LINE_END).map(line => line.match(WORD) ?? []).filter(words => words.length);
export const countWords = text => text.match(WORD)?.length ?? 0;
/** "1 word", "2 words", or nothing. */
export const counted = text => { const n = countWords(text); return n ? `${n} word${n === 1 ? '' : 's'}` : ''; };

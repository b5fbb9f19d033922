// Takes the microphone at whatever rate it has and gives 16 kHz mono, 16 bit, 40 ms at a time.
const OUT_RATE = 16000, BLOCK = 640, PHASES = 128, ZEROS = 12;

/** A windowed sinc that keeps what lies below 7.3 kHz (or the input's own limit), tabled by phase. */
function kernel(ratio) {
  const cut = Math.min(1, .92 / ratio), half = Math.ceil(ZEROS / cut), taps = 2 * half, table = [];
  for (let p = 0; p <= PHASES; p++) {
    const row = new Float32Array(taps);
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - half + 1 - p / PHASES, turn = Math.PI * x * cut, sinc = x === 0 ? 1 : Math.sin(turn) / turn;
      const w = Math.abs(x) >= half ? 0 : .42 + .5 * Math.cos(Math.PI * x / half) + .08 * Math.cos(2 * Math.PI * x / half);
      sum += row[k] = sinc * w;
    }
    table.push(row.map(v => v / sum));
  }
  return { half, taps, table };
}

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ratio = sampleRate / OUT_RATE;
    this.kernel = kernel(this.ratio);
    this.held = new Float32Array(this.kernel.half - 1); // silence before the first sample
    this.at = this.kernel.half - 1;
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    this.loudest = 0;
  }

  process([input]) {
    if (!input.length) return true;
    const count = input[0].length, all = new Float32Array(this.held.length + count);
    all.set(this.held);
    for (const channel of input) for (let i = 0; i < count; i++) all[this.held.length + i] += channel[i] / input.length;
    const { half, taps, table } = this.kernel;
    while (Math.floor(this.at) + half < all.length) {
      const whole = Math.floor(this.at), row = table[Math.round((this.at - whole) * PHASES)], from = whole - half + 1;
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += all[from + k] * row[k];
      this.give(sum);
      this.at += this.ratio;
    }
    const keep = Math.max(0, Math.floor(this.at) - half + 1);
    this.held = all.slice(keep);
    this.at -= keep;
    return true;
  }

  give(value) {
    this.loudest = Math.max(this.loudest, Math.abs(value));
    this.block[this.filled++] = Math.round(Math.max(-1, Math.min(1, value)) * 32767);
    if (this.filled < BLOCK) return;
    this.port.postMessage({ samples: this.block, loudest: this.loudest }, [this.block.buffer]);
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    this.loudest = 0;
  }
}
registerProcessor('capture', Capture);

// The microphone as 16 kHz mono, 16 bit.
export const RATE = 16000;

export class Microphone {
  /** Begins to listen; gives every 40 ms to heard(samples, loudest). */
  static async open(heard) {
    const it = new Microphone();
    it.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true } });
    try {
      it.context = new AudioContext();
      await it.context.audioWorklet.addModule(new URL('capture-worklet.js', import.meta.url));
      const source = it.context.createMediaStreamSource(it.stream), node = new AudioWorkletNode(it.context, 'capture', { numberOfOutputs: 0 });
      node.port.onmessage = e => heard(e.data.samples, e.data.loudest);
      source.connect(node);
      await it.context.resume();
    } catch (e) { it.close(); throw e; }
    return it;
  }

  close() {
    this.stream?.getTracks().forEach(t => t.stop());
    this.context?.close();
  }
}

/** What was heard, all of it: what is sent again after a drop, and what plays in the end. */
export class Tape {
  constructor() { this.blocks = []; this.length = 0; }
  add(samples) { this.blocks.push(samples); this.length += samples.length; }

  /** Up to so many samples from a place on. */
  slice(from, most) {
    const size = this.blocks[0]?.length ?? 1, out = new Int16Array(Math.max(0, Math.min(most, this.length - from)));
    for (let filled = 0; filled < out.length;) {
      const at = from + filled, block = this.blocks[Math.floor(at / size)], skip = at % size, part = block.subarray(skip, skip + out.length - filled);
      out.set(part, filled);
      filled += part.length;
    }
    return out;
  }

  /** A WAV file. */
  wav() {
    const head = new DataView(new ArrayBuffer(44)), bytes = this.length * 2;
    const text = (at, s) => [...s].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
    text(0, 'RIFF'); head.setUint32(4, 36 + bytes, true); text(8, 'WAVEfmt '); head.setUint32(16, 16, true);
    head.setUint16(20, 1, true); head.setUint16(22, 1, true); head.setUint32(24, RATE, true); head.setUint32(28, RATE * 2, true);
    head.setUint16(32, 2, true); head.setUint16(34, 16, true); text(36, 'data'); head.setUint32(40, bytes, true);
    return new Blob([head, ...this.blocks], { type: 'audio/wav' });
  }
}

package org.chorale.audio;

/** How bare samples are written, little-endian. */
public enum PcmEncoding {
  /** 16-bit integers. */
  S16LE("pcm_s16le", 2, 1),
  /** 32-bit floats in [-1, 1]. */
  F32LE("pcm_f32le", 4, 3);

  private final String codec;
  private final int bytes;
  private final int wavTag;

  PcmEncoding(String codec, int bytes, int wavTag) {
    this.codec = codec;
    this.bytes = bytes;
    this.wavTag = wavTag;
  }

  /** FFmpeg's name of it, as protocols have it. */
  public String codec() {
    return codec;
  }

  /** Bytes of a sample. */
  public int bytes() {
    return bytes;
  }

  /** Its number in a WAV header. */
  int wavTag() {
    return wavTag;
  }
}

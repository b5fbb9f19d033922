package org.chorale.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Samples as signed 16-bit numbers, little end first. */
public final class Pcm16 {

  private Pcm16() {}

  /**
   * Two bytes a sample.
   *
   * @param samples in [-1, 1]; louder ones are cut
   */
  public static byte[] bytes(float[] samples) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : samples) {
      bytes.putShort((short) Math.round(32767 * Math.max(-1, Math.min(1, sample))));
    }
    return bytes.array();
  }
}

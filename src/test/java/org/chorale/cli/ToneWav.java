package org.chorale.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A wav file of a tone with some harmonics, 16 kHz, 16 bit. */
final class ToneWav {

  private static final int RATE = 16_000;

  private ToneWav() {}

  static byte[] of(double seconds, double hertz) {
    int samples = (int) (seconds * RATE);
    ByteBuffer wav = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE);
    wav.putShort((short) 2).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
    for (int i = 0; i < samples; i++) {
      double value = 0;
      for (int h = 1; h <= 5; h++) {
        value += Math.sin(2 * Math.PI * h * hertz * i / RATE) / h;
      }
      wav.putShort((short) (6000 * value));
    }
    return wav.array();
  }
}

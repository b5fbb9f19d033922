package org.chorale.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;

/**
 * Speech that the nets of {@code src/test/python/ctc_models.py} understand: every token is a tone
 * that fills its frame, blank is silence.
 */
public final class ToneSpeech {

  private final double[] tones;
  private final int frameSamples;
  private final int firstFrameStart;
  private final int fadeSamples;

  private ToneSpeech(String net, int frameSamples, int firstFrameStart, int fadeSamples) {
    try {
      this.tones =
          Files.readAllLines(Path.of("src/test/resources/ctc", net + "-tones.txt")).stream()
              .mapToDouble(Double::parseDouble)
              .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.frameSamples = frameSamples;
    this.firstFrameStart = firstFrameStart;
    this.fadeSamples = fadeSamples;
  }

  /** For the net of wav2vec 2.0's shape. */
  public static ToneSpeech raw() {
    return new ToneSpeech("raw", 320, 40, 0);
  }

  /** For the net of NeMo's shape. */
  public static ToneSpeech nemo() {
    return new ToneSpeech("nemo", 1280, -640, 240);
  }

  /** For the net of icefall's shape. */
  public static ToneSpeech kaldi() {
    return new ToneSpeech("kaldi", 640, 240, 120);
  }

  /**
   * Speaks.
   *
   * @param frames token by token, separated by spaces; {@code .} is a frame of blank
   * @param vocabulary the tokens in order
   * @param amplitude of the tones
   */
  public float[] samples(String frames, List<String> vocabulary, double amplitude) {
    String[] tokens = frames.strip().split("\\s+");
    float[] out = new float[tokens.length * frameSamples + Math.max(0, 2 * firstFrameStart)];
    for (int f = 0; f < tokens.length; f++) {
      if (!tokens[f].equals(".")) {
        int token = vocabulary.indexOf(tokens[f]);
        if (token < 0) {
          throw new IllegalArgumentException("no token " + tokens[f]);
        }
        tone(out, firstFrameStart + f * frameSamples, tones[token], amplitude);
      }
    }
    return out;
  }

  private void tone(float[] out, int start, double hertz, double amplitude) {
    for (int i = 0; i < frameSamples; i++) {
      int at = start + i;
      if (at >= 0 && at < out.length) {
        int edge = Math.min(i, frameSamples - 1 - i);
        double fade = edge < fadeSamples ? 0.5 - 0.5 * Math.cos(Math.PI * edge / fadeSamples) : 1;
        out[at] = (float) (amplitude * fade * Math.sin(2 * Math.PI * hertz * at / 16_000));
      }
    }
  }

  /** The second at which a frame begins. */
  public double seconds(int frame) {
    return Math.max(0, (firstFrameStart + frame * (double) frameSamples) / 16_000);
  }

  /** Samples as a recording. */
  public static AudioSource source(float[] samples) {
    return new AudioSource() {
      private int at;

      @Override
      public int read(float[] buffer, int offset, int length) {
        if (at == samples.length) {
          return -1;
        }
        int count = Math.min(length, samples.length - at);
        System.arraycopy(samples, at, buffer, offset, count);
        at += count;
        return count;
      }

      @Override
      public AudioInfo info() {
        return new AudioInfo("tones.wav", 16_000, 1, samples.length / 16_000.0);
      }

      @Override
      public void close() {}
    };
  }

  /** Writes samples as a 16-bit mono WAV. */
  public static Path wav(Path file, float[] samples) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(44 + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples.length);
    out.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    out.putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
    out.putShort((short) 2).putShort((short) 16);
    out.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples.length);
    for (float s : samples) {
      out.putShort((short) Math.round(s * 32_767));
    }
    return Files.write(file, Arrays.copyOf(out.array(), out.position()));
  }
}

package org.chorale.audio;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Turns bare samples that come in blocks of any size into 16 kHz mono floats, as {@link AudioFiles}
 * does with a WAV file of them. Not thread-safe.
 */
public final class PcmStream implements Closeable {

  private final PcmEncoding encoding;
  private final int frameBytes;
  private final Resampler resampler;
  private byte[] rest = new byte[0];

  /**
   * A stream.
   *
   * @param sampleRate Hz
   * @param channels channels, sample by sample in turn
   * @throws AudioException when such samples cannot be converted
   */
  public PcmStream(PcmEncoding encoding, int sampleRate, int channels) throws AudioException {
    this.encoding = encoding;
    this.frameBytes = encoding.bytes() * channels;
    if (sampleRate == AudioSource.SAMPLE_RATE && channels == 1) {
      resampler = null;
      return;
    }
    resampler = new Resampler(1);
    int format = encoding == PcmEncoding.S16LE ? AV_SAMPLE_FMT_S16 : AV_SAMPLE_FMT_FLT;
    if (!resampler.configure(null, channels, format, sampleRate)) {
      resampler.close();
      throw new AudioException(
          "%d channels of %d Hz cannot be converted; send 16000 Hz, mono."
              .formatted(channels, sampleRate));
    }
  }

  /**
   * Takes in bytes.
   *
   * @param bytes the next of the stream; a sample may begin in one block and end in the next
   * @return the samples that came of them, perhaps none
   */
  public float[] accept(byte[] bytes) throws AudioException {
    byte[] all = bytes;
    if (rest.length > 0) {
      all = Arrays.copyOf(rest, rest.length + bytes.length);
      System.arraycopy(bytes, 0, all, rest.length, bytes.length);
    }
    int frames = all.length / frameBytes;
    rest = Arrays.copyOfRange(all, frames * frameBytes, all.length);
    if (frames == 0) {
      return new float[0];
    }
    return resampler == null ? floats(all, frames) : resampled(all, frames);
  }

  private float[] floats(byte[] bytes, int samples) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] out = new float[samples];
    for (int i = 0; i < samples; i++) {
      float sample = encoding == PcmEncoding.S16LE ? buffer.getShort() / 32768f : buffer.getFloat();
      out[i] = Float.isFinite(sample) ? sample : 0;
    }
    return out;
  }

  private float[] resampled(byte[] bytes, int frames) throws AudioException {
    try (BytePointer data = new BytePointer(bytes);
        PointerPointer<BytePointer> planes = new PointerPointer<BytePointer>(1).put(0, data)) {
      return checked(resampler.convert(planes, frames));
    }
  }

  /** What the filter still holds; nothing may follow. */
  public float[] end() throws AudioException {
    return resampler == null ? new float[0] : checked(resampler.convert(null, 0));
  }

  private static float[] checked(float[] samples) throws AudioException {
    if (samples == null) {
      throw new AudioException("The samples cannot be converted; send 16000 Hz, mono.");
    }
    return samples;
  }

  @Override
  public void close() {
    if (resampler != null) {
      resampler.close();
    }
  }
}

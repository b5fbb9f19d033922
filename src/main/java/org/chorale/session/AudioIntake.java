package org.chorale.session;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ContainerStream;
import org.chorale.audio.PcmEncoding;
import org.chorale.audio.PcmStream;
import org.chorale.audio.WavRecording;

/**
 * A session's audio: decoded for the follower as it comes, and written down for the aligner that
 * looks at the whole in the end. Bare samples are written as they came, so that the end sees what
 * {@code chorale align} would see; Opus is written decoded. Not thread-safe.
 */
final class AudioIntake implements Closeable {

  private final StreamRequest request;
  private final WavRecording recording;
  private final PcmStream pcm;
  private final int storedChannels;
  private final Decoded decoded;
  private ContainerStream container;

  /** Counts containers: what an abandoned one still gives is not wanted. */
  private int containers;

  /** Bytes of a sample whose other bytes have not come. */
  private byte[] rest = new byte[0];

  private long frames;
  private long decodedSamples;

  /** Is told what a container gives, on a thread of the decoder's. */
  interface Decoded {

    /**
     * Samples with the stored channels in turn, 16 kHz.
     *
     * @param container which one, for {@link AudioIntake#isCurrent}
     */
    void samples(int container, float[] samples);

    /** No more come; with an error when they cannot be decoded, else with null. */
    void ended(int container, AudioException error);
  }

  /**
   * An intake.
   *
   * @param storedChannels channels that the aligner at the end hears; of Opus so many are kept
   * @param decoded told what Opus gives
   */
  AudioIntake(StreamRequest request, int storedChannels, Path folder, Decoded decoded)
      throws IOException {
    this.request = request;
    this.decoded = decoded;
    this.storedChannels = storedChannels;
    PcmEncoding encoding = request.encoding().pcm();
    this.pcm =
        encoding == null ? null : new PcmStream(encoding, request.sampleRate(), request.channels());
    this.recording =
        encoding == null
            ? new WavRecording(folder, PcmEncoding.F32LE, AudioSource.SAMPLE_RATE, storedChannels)
            : new WavRecording(folder, encoding, request.sampleRate(), request.channels());
  }

  /** Whether audio is decoded elsewhere, and comes back through {@link #keep}. */
  boolean isContainer() {
    return pcm == null;
  }

  /**
   * Takes in bytes.
   *
   * @return 16 kHz mono samples that came of them; none from a container
   */
  float[] accept(byte[] block) throws IOException {
    if (pcm != null) {
      byte[] whole = wholeFrames(block);
      recording.add(whole);
      return pcm.accept(whole);
    }
    if (container == null) {
      container = new ContainerStream("stream", storedChannels, listener(++containers));
    }
    container.accept(block);
    return new float[0];
  }

  private byte[] wholeFrames(byte[] block) {
    byte[] all = Arrays.copyOf(rest, rest.length + block.length);
    System.arraycopy(block, 0, all, rest.length, block.length);
    int frameBytes = request.encoding().pcm().bytes() * request.channels();
    int whole = all.length - all.length % frameBytes;
    rest = Arrays.copyOfRange(all, whole, all.length);
    frames += whole / frameBytes;
    return Arrays.copyOf(all, whole);
  }

  private ContainerStream.Listener listener(int number) {
    return new ContainerStream.Listener() {
      @Override
      public void decoded(float[] samples) {
        decoded.samples(number, samples);
      }

      @Override
      public void ended() {
        decoded.ended(number, null);
      }

      @Override
      public void failed(AudioException error) {
        decoded.ended(number, error);
      }
    };
  }

  /** Whether what a container gives is still wanted. */
  boolean isCurrent(int number) {
    return number == containers;
  }

  /**
   * Writes down what a container gave.
   *
   * @return it as mono
   */
  float[] keep(float[] samples) throws IOException {
    recording.add(samples);
    decodedSamples += samples.length / storedChannels;
    if (storedChannels == 1) {
      return samples;
    }
    float[] mono = new float[samples.length / 2];
    for (int i = 0; i < mono.length; i++) {
      mono[i] = (samples[2 * i] + samples[2 * i + 1]) / 2;
    }
    return mono;
  }

  /**
   * No more bytes come.
   *
   * @return what a resampler still held
   */
  float[] end() throws IOException {
    if (pcm != null) {
      return pcm.end();
    }
    if (container == null) {
      decoded.ended(containers, null);
    } else {
      container.end();
    }
    return new float[0];
  }

  /**
   * The connection was lost: audio goes on from {@link #seconds}, in a container of its own where
   * it has one.
   */
  void interrupt() {
    rest = new byte[0];
    containers++;
    if (container != null) {
      container.close();
      container = null;
    }
  }

  /** Bytes that wait for a decoder. */
  int waitingBytes() {
    return container == null ? 0 : container.waitingBytes();
  }

  /** Seconds of audio that are safe. */
  double seconds() {
    if (pcm == null) {
      return decodedSamples / (double) AudioSource.SAMPLE_RATE;
    }
    return (double) frames / request.sampleRate();
  }

  /** Whether there was any audio. */
  boolean isEmpty() {
    return seconds() == 0;
  }

  /** Writes the last of the recording down and says where it is. */
  Path recorded() throws IOException {
    recording.finish();
    return recording.file();
  }

  @Override
  public void close() {
    interrupt();
    if (pcm != null) {
      pcm.close();
    }
    recording.close();
  }
}

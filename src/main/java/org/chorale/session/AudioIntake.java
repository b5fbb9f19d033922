package org.chorale.session;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** Frames that another node wrote down before. */
  private final long earlierFrames;

  private ContainerStream container;

  /** Counts containers: what an abandoned one still gives is not wanted. */
  private int containers;

  /** Bytes of a sample whose other bytes have not come. */
  private byte[] rest = new byte[0];

  private long frames;

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
   * @param recording takes the audio; closed with this
   * @param earlierFrames frames that were written down elsewhere before
   * @param decoded told what Opus gives
   */
  AudioIntake(
      StreamRequest request,
      int storedChannels,
      WavRecording recording,
      long earlierFrames,
      Decoded decoded)
      throws IOException {
    this.request = request;
    this.decoded = decoded;
    this.storedChannels = storedChannels;
    this.recording = recording;
    this.earlierFrames = earlierFrames;
    PcmEncoding encoding = request.encoding().pcm();
    this.pcm =
        encoding == null ? null : new PcmStream(encoding, request.sampleRate(), request.channels());
  }

  /**
   * An intake for a turn with a session, whose recording lies where the next one finds it.
   *
   * @param storedChannels channels that the aligner at the end hears; of Opus so many are kept
   * @param decoded told what Opus gives
   */
  static AudioIntake open(
      Ownership ownership, int storedChannels, SessionSurroundings around, Decoded decoded)
      throws IOException {
    Recordings recordings = around.settings().recordings();
    Recordings.Format format = Recordings.Format.of(ownership.request(), storedChannels);
    WavRecording recording =
        around.ledger().isEmpty()
            ? recordings.temporary(format)
            : recordings.begin(ownership.key(), ownership.epoch(), format);
    return new AudioIntake(
        ownership.request(), storedChannels, recording, ownership.earlierFrames(), decoded);
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
    frames += samples.length / storedChannels;
    return mono(samples);
  }

  private float[] mono(float[] samples) {
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

  /**
   * Hears again what was written down elsewhere; before any {@link #accept}.
   *
   * @param written as it was written
   * @return 16 kHz mono samples
   */
  float[] rehear(byte[] written) throws IOException {
    if (pcm != null) {
      return pcm.accept(written);
    }
    float[] samples = new float[written.length / Float.BYTES];
    ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(samples);
    return mono(samples);
  }

  /** Frames of audio so far, those included that another node wrote down. */
  long frames() {
    return earlierFrames + frames;
  }

  /** Frames a second. */
  int frameRate() {
    return pcm == null ? AudioSource.SAMPLE_RATE : request.sampleRate();
  }

  /** Seconds of audio so far. */
  double seconds() {
    return (double) frames() / frameRate();
  }

  /**
   * Gives what is written down to the operating system; {@link #force} then makes it outlive the
   * machine.
   *
   * @return the frames that it is
   */
  long flush() throws IOException {
    recording.flush();
    return frames();
  }

  /** Has what was flushed written to the storage; may be called on another thread. */
  void force() throws IOException {
    recording.force();
  }

  /** Whether there was any audio. */
  boolean isEmpty() {
    return frames() == 0;
  }

  /** Writes the last of the recording down and says where it is. */
  Path recorded() throws IOException {
    recording.finish();
    return recording.file();
  }

  /** Ends, and leaves the recording to others. */
  void leave() throws IOException {
    closeDecoders();
    recording.leave();
  }

  private void closeDecoders() {
    interrupt();
    if (pcm != null) {
      pcm.close();
    }
  }

  @Override
  public void close() {
    closeDecoders();
    recording.close();
  }
}

package org.chorale.engine;

import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.chorale.acoustic.OfflineEmissions;
import org.chorale.align.Alignment;
import org.chorale.align.TextAligner;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.text.Document;

/**
 * How one kind of acoustic model aligns: words to its classes, samples to emissions, both to an
 * outcome. One implementation for each kind; {@link RecordingAligner#load} chooses. Thread-safe.
 */
interface AlignmentMethod extends AutoCloseable {

  /** Channels that it wants to hear: 1, or 2 for left and right. */
  default int channels() {
    return 1;
  }

  /**
   * Aligns a recording.
   *
   * @param source read to its end, not closed
   * @param document its text
   * @param progress told the samples decoded so far, now and then
   * @throws IOException when the audio cannot be read or a model is broken
   */
  Result align(AudioSource source, Document document, LongConsumer progress) throws IOException;

  /** The language whose letter values a language is read by; itself, if it is known. */
  String readAs(String language);

  /**
   * Whether a word of the text, at least, can be read.
   *
   * @throws ModelException when a lexicon is broken
   */
  boolean canRead(Document document) throws ModelException;

  /** Tells songs from speech, if the model can. */
  default Optional<SongDetector> songDetector() {
    return Optional.empty();
  }

  @Override
  void close();

  /**
   * What became of a recording.
   *
   * @param audio the recording
   * @param outcome its words and lines
   */
  record Result(Alignment.Audio audio, TextAligner.Outcome outcome) {}

  /** What a result says of a recording that was heard to its end. */
  static Alignment.Audio audio(AudioSource source, OfflineEmissions.Result heard) {
    AudioInfo info = source.info();
    return new Alignment.Audio(
        info.path(),
        heard.samples() / (double) AudioSource.SAMPLE_RATE,
        info.sampleRate(),
        info.channels());
  }
}

package org.chorale.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.WavRecording;
import org.chorale.engine.RecordingAligner;
import org.chorale.text.Document;

/**
 * The result at a session's end: what {@code chorale align} gives for its recording, which several
 * nodes may have written down. Where that was lost with one of them there is {@link EventResult}.
 */
final class SessionResult {

  private final Ownership ownership;
  private final SessionSurroundings around;
  private final Document document;
  private final RecordingAligner aligner;

  SessionResult(
      Ownership ownership,
      SessionSurroundings around,
      Document document,
      RecordingAligner aligner) {
    this.ownership = ownership;
    this.around = around;
    this.document = document;
    this.aligner = aligner;
  }

  /**
   * Aligns the recording, what earlier owners of the session wrote down included.
   *
   * @param own what this owner wrote down
   * @param ownFrames how many frames that is
   */
  CompletionStage<Alignment> ofRecording(Path own, long ownFrames) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return ownership.handover().isEmpty() ? align(own) : alignJoined(ownFrames);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        around.offline());
  }

  /** Aligns what all nodes that had the session wrote down. */
  private Alignment alignJoined(long ownFrames) throws IOException {
    Recordings recordings = around.settings().recordings();
    Recordings.Format format = Recordings.Format.of(ownership.request(), aligner.channels());
    try (WavRecording joined = recordings.temporary(format)) {
      recordings.join(ownership.key(), ownership.segments(ownFrames), format, joined);
      joined.finish();
      return align(joined.file());
    }
  }

  private Alignment align(Path file) throws IOException {
    try (AudioSource source = new AudioFiles().open(file, ownership.name(), aligner.channels())) {
      return aligner.align(source, document, samples -> {});
    }
  }

  /** What is wrong with the audio, if that is why there is no result. */
  static Optional<AudioException> audioProblem(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null && !(cause instanceof AudioException)) {
      cause = cause.getCause();
    }
    return cause instanceof AudioException audio ? Optional.of(audio) : Optional.empty();
  }
}

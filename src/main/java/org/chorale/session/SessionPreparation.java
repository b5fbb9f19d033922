package org.chorale.session;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.chorale.engine.RecordingAligner;
import org.chorale.engine.TextStream;
import org.chorale.text.Document;
import org.chorale.text.TextException;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;

/**
 * What comes before a session's audio: reads the text, loads the models, finds the place at which
 * another node was, and has the ledger know of a session that begins.
 */
final class SessionPreparation {

  private final Ownership ownership;
  private final SessionSurroundings around;

  /** What becomes of it. */
  sealed interface Outcome {}

  /**
   * The session may begin.
   *
   * @param stream hears the text
   * @param aligner makes the result
   * @param whole whether all of the recording so far is there
   * @param reheard the end of it, which is heard again, as it was written
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Prepared(
      Document document, TextStream stream, RecordingAligner aligner, boolean whole, byte[] reheard)
      implements Outcome {}

  /** It does not. */
  record NotPrepared(SessionEvent.Failed failure) implements Outcome {}

  SessionPreparation(Ownership ownership, SessionSurroundings around) {
    this.ownership = ownership;
    this.around = around;
  }

  /** Prepares the session on other threads; fails when something is broken here. */
  CompletionStage<Outcome> begin() {
    return CompletableFuture.supplyAsync(this::prepare, around.offline()).thenCompose(this::opened);
  }

  private Outcome prepare() {
    StreamRequest request = ownership.request();
    try {
      Document read =
          around
              .texts()
              .parse(
                  new TextFile("text", TextFormat.PLAIN, request.text()),
                  primaryLanguage(request.language()));
      if (!around.models().follower().canRead(read)) {
        return new NotPrepared(
            new SessionEvent.Failed(
                SessionEvent.Code.BAD_TEXT,
                "The text is in a script that Chorale cannot pronounce; give it in Latin letters.",
                false));
      }
      RecordingAligner aligner = around.models().aligner(request.mode());
      return ownership.handover().isEmpty()
          ? new Prepared(read, around.models().follower().open(read), aligner, true, new byte[0])
          : takenOver(ownership.handover().get(), read, aligner);
    } catch (TextException e) {
      return new NotPrepared(
          new SessionEvent.Failed(SessionEvent.Code.BAD_TEXT, e.getMessage(), false));
    } catch (IOException e) {
      throw new IllegalStateException("a model is broken", e);
    }
  }

  /** Finds the place at which another node was: hears the last of its recording again. */
  private Prepared takenOver(
      SessionLedger.Handover had, Document document, RecordingAligner aligner) throws IOException {
    Recordings.Format format = Recordings.Format.of(ownership.request(), aligner.channels());
    Recordings recordings = around.settings().recordings();
    boolean there = recordings.isWhole(ownership.key(), had.segments(), format);
    TextStream.Origin origin =
        TakeOverPoint.origin(had, had.frames() / (double) format.sampleRate(), there);
    long from = Math.round(origin.offsetSeconds() * format.sampleRate());
    return new Prepared(
        document,
        around.models().follower().open(document, origin),
        aligner,
        there,
        there ? recordings.read(ownership.key(), had.segments(), from, format) : new byte[0]);
  }

  /** A session that could not outlive its node in a cluster does not begin. */
  private CompletionStage<Outcome> opened(Outcome outcome) {
    if (around.ledger().isEmpty()
        || ownership.handover().isPresent()
        || !(outcome instanceof Prepared)) {
      return CompletableFuture.completedFuture(outcome);
    }
    SessionIdentity identity = ownership.identity();
    return around
        .ledger()
        .get()
        .open(
            identity.key(),
            identity.secretDigest(),
            identity.name(),
            ownership.request(),
            identity.owner())
        .handle(
            (done, error) ->
                error == null ? outcome : new NotPrepared(SessionEvent.Failed.cutOff()));
  }

  private static String primaryLanguage(String language) {
    return language.toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
  }
}

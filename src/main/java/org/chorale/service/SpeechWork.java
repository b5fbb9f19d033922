package org.chorale.service;

import akka.Done;
import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.javadsl.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.chorale.synth.SpeechBlock;
import org.chorale.synth.Synthesizer;
import org.chorale.text.TextException;

/**
 * The texts that are being spoken. They take turns on the threads, piece by piece, and a piece is
 * computed only when somebody takes it. Thread-safe.
 */
final class SpeechWork {

  private final ServiceSettings.Speak settings;
  private final SpeechEngine engine;
  private final WorkGate gate;
  private final Readiness readiness;
  private final ServiceMetrics metrics;
  private final RequestsInFlight underWay = new RequestsInFlight();

  SpeechWork(
      ServiceSettings.Speak settings,
      SpeechEngine engine,
      WorkGate gate,
      Readiness readiness,
      ServiceMetrics metrics) {
    this.settings = settings;
    this.engine = engine;
    this.gate = gate;
    this.readiness = readiness;
    this.metrics = metrics;
  }

  /**
   * Takes a place.
   *
   * @param ended completes when the place is not needed any more
   * @throws ServiceException when there is none, or when the service goes down
   */
  void enter(CompletionStage<Done> ended) {
    if (readiness.isDraining()) {
      throw new ServiceException(
          ErrorCode.OVERLOADED, "The service is shutting down; try another one.");
    }
    underWay.enter();
    try {
      gate.enter(() -> ended).whenComplete((done, failure) -> underWay.leave());
    } catch (ServiceException full) {
      underWay.leave();
      throw full;
    }
  }

  /** Begins to speak; the parameters are those of {@link SpeechEngine#speak}. */
  CompletionStage<SpeechEngine.Speech> begin(
      SpeechRequest request, AlignmentEngine.Recording reference) {
    return gate.run(() -> engine.speak(request, reference));
  }

  /** Does something that blocks for the sake of speech. */
  <T> CompletionStage<T> run(WorkGate.Work<T> work) {
    return gate.run(work);
  }

  /**
   * The pieces of a speech; can be run once.
   *
   * @param stopped asked before every piece: ends it early, or with what it throws
   */
  Source<SpeechBlock, NotUsed> blocks(SpeechEngine.Speech speech, BooleanSupplier stopped) {
    long until = System.nanoTime() + settings.timeout().toNanos();
    return Source.unfoldAsync(speech, s -> gate.run(() -> next(s, stopped, until)));
  }

  private Optional<Pair<SpeechEngine.Speech, SpeechBlock>> next(
      SpeechEngine.Speech speech, BooleanSupplier stopped, long until)
      throws IOException, TextException {
    if (stopped.getAsBoolean()) {
      return Optional.empty();
    }
    long began = System.nanoTime();
    if (began - until > 0) {
      throw new ServiceException(
          ErrorCode.TIMEOUT,
          "The text took longer than the %,d seconds for which the service speaks."
              .formatted(settings.timeout().toSeconds()));
    }
    Optional<SpeechBlock> block = speech.next();
    block.ifPresent(
        b ->
            metrics.spoken(
                b.samples().length / (double) Synthesizer.SAMPLE_RATE,
                Duration.ofNanos(System.nanoTime() - began)));
    return block.map(b -> Pair.create(speech, b));
  }

  /** Completes when nothing is spoken any more, or when the time is up. */
  CompletionStage<Done> whenNone(Duration timeout) {
    return underWay.whenNone(timeout);
  }
}

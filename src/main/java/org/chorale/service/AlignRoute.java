package org.chorale.service;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.Multipart;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.http.javadsl.unmarshalling.Unmarshaller;
import akka.stream.Materializer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordFilter;
import org.chorale.export.ExportOptions;
import org.chorale.export.Song;
import org.chorale.export.TimedFormats;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextReader;
import scala.concurrent.duration.FiniteDuration;

/**
 * {@code POST /v1/align}: a recording and its text as multipart/form-data, to timed words. A client
 * that goes away costs what its recording has been decoded until then, or the search if that has
 * begun.
 */
final class AlignRoute extends AllDirectives implements ServiceRoute {

  /** Room for the boundaries and headers of the parts. */
  private static final long MULTIPART_BYTES = 1 << 16;

  private static final int SAMPLE_RATE = 16_000;

  private final ServiceSettings.Align settings;
  private final FormReader forms;
  private final TimedFormats formats;
  private final Spool spool;
  private final AlignmentEngine engine;
  private final WorkGate gate;
  private final ServiceMetrics metrics;
  private final DocumentReader documents = new DocumentReader();
  private final TextReader texts;
  private final FormatMediaTypes mediaTypes = new FormatMediaTypes();

  AlignRoute(
      ServiceSettings.Align settings,
      FormReader forms,
      TimedFormats formats,
      Spool spool,
      AlignmentEngine engine,
      WorkGate gate,
      ServiceMetrics metrics) {
    this.settings = settings;
    this.forms = forms;
    this.formats = formats;
    this.spool = spool;
    this.engine = engine;
    this.gate = gate;
    this.metrics = metrics;
    this.texts = new TextReader(settings.maxTextBytes());
  }

  @Override
  public Route route() {
    long bytes = settings.maxAudioBytes() + settings.maxTextBytes() + MULTIPART_BYTES;
    FiniteDuration time =
        FiniteDuration.fromNanos(settings.uploadTimeout().plus(settings.timeout()).toNanos());
    return path(
        segment("v1").slash("align"),
        () -> post(() -> withSizeLimit(bytes, () -> withRequestTimeout(time, this::multipart))));
  }

  private Route multipart() {
    return extractMaterializer(
        materializer ->
            extractRequest(
                request ->
                    entity(
                        Unmarshaller.entityToMultipartFormData(),
                        form -> answered(request, form, materializer))));
  }

  private Route answered(HttpRequest request, Multipart.FormData form, Materializer materializer) {
    CompletionStage<HttpResponse> response;
    try {
      ClientPresence.Presence client = ClientPresence.of(request);
      response = gate.enter(() -> forms.read(form).thenCompose(whole -> aligned(whole, client)));
    } catch (ServiceException full) {
      // A client that still sends would not see the answer.
      request.discardEntityBytes(materializer);
      throw full;
    }
    return completeWithFuture(response);
  }

  private CompletionStage<HttpResponse> aligned(
      FormReader.Form form, ClientPresence.Presence client) {
    CompletionStage<HttpResponse> response;
    try {
      Upload upload = Upload.of(form, formats);
      response = gate.run(() -> align(upload, client));
    } catch (ServiceException wrong) {
      response = CompletableFuture.failedFuture(wrong);
    }
    return response.whenComplete(
        (answer, failure) -> {
          if (form.recording() != null) {
            spool.remove(form.recording().file());
          }
        });
  }

  private HttpResponse align(Upload upload, ClientPresence.Presence client)
      throws IOException, TextException {
    stopWithout(client);
    Upload.Options options = upload.options();
    Document document =
        documents.parse(
            texts.read(new ByteArrayInputStream(upload.text()), upload.textName()),
            options.language());
    long began = System.nanoTime();
    Alignment alignment =
        engine.align(upload.recording(), document, options.mode(), limits(began, client));
    metrics.aligned(
        alignment.audio().durationSeconds(), Duration.ofNanos(System.nanoTime() - began));
    if (alignment.verdict() == Verdict.MISMATCH && !options.force()) {
      throw new ServiceException(
          ErrorCode.MISMATCH,
          String.format(
              Locale.ROOT,
              "The text is not what is heard in '%s' (confidence %.2f%s); check that they belong"
                  + " together, give the language, or send force=true.",
              upload.recording().name(),
              alignment.confidence(),
              alignment.remark()));
    }
    Alignment sure = new WordFilter(options.minConfidence()).apply(alignment);
    Song song = engine.song(sure, options.format(), upload.recording());
    return mediaTypes.response(
        options.format(),
        song,
        ExportOptions.standard().withPhones(options.phones()),
        upload.recording().name());
  }

  private static void stopWithout(ClientPresence.Presence client) {
    if (client.isGone()) {
      throw new ServiceException(ErrorCode.TIMEOUT, "Nobody waits for the answer any more.");
    }
  }

  /** Ends what is too long, in audio or in time, and what nobody waits for. */
  private LongConsumer limits(long began, ClientPresence.Presence client) {
    long samples = settings.maxAudioDuration().toSeconds() * SAMPLE_RATE;
    return decoded -> {
      stopWithout(client);
      if (decoded > samples) {
        throw new ServiceException(
            ErrorCode.TOO_LARGE,
            "The recording is longer than the %,d seconds that the service takes."
                .formatted(settings.maxAudioDuration().toSeconds()));
      }
      if (System.nanoTime() - began > settings.timeout().toNanos()) {
        throw ServiceException.retryAfter(
            ErrorCode.OVERLOADED,
            "The service did not get done with the recording in time; come again later.",
            settings.capacity().retryAfter());
      }
    };
  }
}

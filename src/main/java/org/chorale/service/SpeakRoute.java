package org.chorale.service;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.Done;
import akka.NotUsed;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.Multipart;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.http.javadsl.unmarshalling.Unmarshaller;
import akka.stream.Materializer;
import akka.stream.javadsl.FileIO;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.chorale.audio.SpeechOutput;
import org.chorale.audio.WavOutput;
import org.chorale.synth.Synthesizer;
import scala.concurrent.duration.FiniteDuration;

/**
 * {@code POST /v1/speak}: a text as JSON, or as multipart/form-data with the recording of a voice,
 * to speech. WAV is sent as it is made; a client that goes away, or does not read, ends or holds up
 * the work within a piece.
 */
final class SpeakRoute extends AllDirectives implements ServiceRoute {

  /** Field of the recording of a voice. */
  static final String REFERENCE = "reference";

  /** Fields beside the text and the recording. */
  static final Set<String> FIELDS = fields();

  /** Characters of JSON about a text whose every character is escaped. */
  private static final long JSON_FACTOR = 6;

  /** Room for everything but the text and the recording. */
  private static final long REST_BYTES = 1 << 16;

  private static final int CHUNK_BYTES = 1 << 16;

  private final ServiceSettings.Speak settings;
  private final FormReader forms;
  private final Spool spool;
  private final SpeechWork work;
  private final SpeakProtocol protocol = new SpeakProtocol();

  /** What a client asks for. */
  private record Asked(
      SpeechRequest request, AlignmentEngine.Recording reference, SpeechFormat format) {}

  SpeakRoute(ServiceSettings.Speak settings, FormReader forms, Spool spool, SpeechWork work) {
    this.settings = settings;
    this.forms = forms;
    this.spool = spool;
    this.work = work;
  }

  private static Set<String> fields() {
    Set<String> fields = new TreeSet<>(SpeechRequest.FIELDS);
    fields.add("format");
    return Set.copyOf(fields);
  }

  @Override
  public Route route() {
    FiniteDuration time =
        FiniteDuration.fromNanos(settings.uploadTimeout().plus(settings.timeout()).toNanos());
    return path(
        segment("v1").slash("speak"),
        () -> post(() -> withRequestTimeout(time, () -> extractRequest(this::body))));
  }

  private Route body(HttpRequest request) {
    var type = request.entity().getContentType().mediaType();
    boolean json = type.equals(MediaTypes.APPLICATION_JSON);
    if (!json && !(type.isMultipart() && type.subType().equals("form-data"))) {
      return extractMaterializer(
          materializer -> {
            request.discardEntityBytes(materializer);
            throw new ServiceException(
                ErrorCode.UNSUPPORTED_TYPE,
                "The body is application/json, or multipart/form-data with the recording of a voice.");
          });
    }
    long text = JSON_FACTOR * settings.maxTextCharacters() + REST_BYTES;
    return json
        ? withSizeLimit(text, () -> extractMaterializer(m -> json(request, m)))
        : withSizeLimit(text + settings.maxReferenceBytes(), () -> form(request));
  }

  private Route json(HttpRequest request, Materializer materializer) {
    return answered(
        request,
        materializer,
        () ->
            request
                .entity()
                .toStrict(settings.uploadTimeout().toMillis(), materializer)
                .thenApply(body -> asked(body.getData().decodeString(StandardCharsets.UTF_8))));
  }

  private Route form(HttpRequest request) {
    return extractMaterializer(
        materializer ->
            entity(
                Unmarshaller.entityToMultipartFormData(),
                (Multipart.FormData form) ->
                    answered(
                        request, materializer, () -> forms.read(form).thenApply(this::asked))));
  }

  private Asked asked(String body) {
    JsonNode json = protocol.object(body);
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.equals("text") && !FIELDS.contains(name)) {
        throw new ServiceException(
            ErrorCode.BAD_REQUEST,
            "There is a field that is not known; use text, %s."
                .formatted(String.join(", ", new TreeSet<>(FIELDS))));
      }
    }
    SpeechFormat format = SpeechFormat.named(json.path("format").asText("wav"));
    return new Asked(SpeechRequest.of(json, longest(format)), null, format);
  }

  private Asked asked(FormReader.Form form) {
    try {
      if (form.text() == null) {
        throw FormReader.missing("text", "what is to be spoken");
      }
      if (form.recording() != null && form.fields().containsKey("voice")) {
        throw new ServiceException(ErrorCode.BAD_REQUEST, "Give 'voice' or 'reference', not both.");
      }
      SpeechFormat format = SpeechFormat.named(form.fields().getOrDefault("format", "wav"));
      String text = new String(form.text(), StandardCharsets.UTF_8);
      return new Asked(
          SpeechRequest.of(text, form.fields(), longest(format)), form.recording(), format);
    } catch (ServiceException wrong) {
      remove(form.recording());
      throw wrong;
    }
  }

  private int longest(SpeechFormat format) {
    return format == SpeechFormat.JSON
        ? Math.min(settings.maxTextCharacters(), settings.maxJsonTextCharacters())
        : settings.maxTextCharacters();
  }

  private void remove(AlignmentEngine.Recording recording) {
    if (recording != null) {
      spool.remove(recording.file());
    }
  }

  private Route answered(
      HttpRequest request, Materializer materializer, Supplier<CompletionStage<Asked>> body) {
    CompletableFuture<Done> ended = new CompletableFuture<>();
    try {
      work.enter(ended);
    } catch (ServiceException full) {
      // A client that still sends would not see the answer.
      request.discardEntityBytes(materializer);
      throw full;
    }
    BooleanSupplier gone = ClientPresence.of(request)::isGone;
    return completeWithFuture(
        body.get()
            .thenCompose(asked -> spoken(asked, gone, ended, materializer))
            .whenComplete(
                (response, failure) -> {
                  if (failure != null) {
                    ended.complete(Done.getInstance());
                  }
                }));
  }

  private CompletionStage<HttpResponse> spoken(
      Asked asked, BooleanSupplier gone, CompletableFuture<Done> ended, Materializer materializer) {
    return work.begin(asked.request(), asked.reference())
        .whenComplete((speech, failure) -> remove(asked.reference()))
        .thenCompose(
            speech ->
                asked.format() == SpeechFormat.WAV
                    ? streamed(speech, gone, ended, materializer)
                    : whole(speech, asked.format(), gone, materializer)
                        .whenComplete((response, failure) -> ended.complete(Done.getInstance())));
  }

  /** Nobody reads what is cut off, so it may be cut off like this. */
  private static boolean stop(BooleanSupplier gone) {
    if (gone.getAsBoolean()) {
      throw new ServiceException(ErrorCode.TIMEOUT, "Nobody waits for the answer any more.");
    }
    return false;
  }

  private CompletionStage<HttpResponse> streamed(
      SpeechEngine.Speech speech,
      BooleanSupplier gone,
      CompletableFuture<Done> ended,
      Materializer materializer) {
    WavPieces wav = new WavPieces();
    Source<ByteString, NotUsed> bytes =
        work.blocks(speech, () -> stop(gone))
            .filter(block -> block.samples().length > 0)
            .map(block -> wav.next(block.samples()))
            .backpressureTimeout(settings.stallTimeout())
            .watchTermination(
                (nothing, done) -> {
                  done.whenComplete((d, failure) -> ended.complete(Done.getInstance()));
                  return NotUsed.getInstance();
                });
    return begun(bytes, materializer)
        .thenApply(
            begun ->
                HttpResponse.create()
                    .withEntity(HttpEntities.createChunked(SpeechFormat.WAV.type(), begun)));
  }

  /**
   * Runs a source up to its first piece, so that what fails until then still has a status, and so
   * that it ends when nobody comes for the rest: a response whose client is gone is never run.
   */
  private static CompletionStage<Source<ByteString, NotUsed>> begun(
      Source<ByteString, NotUsed> bytes, Materializer materializer) {
    return bytes
        .prefixAndTail(1)
        .runWith(Sink.head(), materializer)
        .thenApply(begun -> Source.from(begun.first()).concat(begun.second()));
  }

  /** The bytes of a WAV that has no end yet. */
  private static final class WavPieces {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private SpeechOutput out;

    ByteString next(float[] samples) throws IOException {
      if (out == null) {
        out = WavOutput.to(bytes, Synthesizer.SAMPLE_RATE);
      }
      out.write(samples);
      ByteString piece = ByteString.fromArray(bytes.toByteArray());
      bytes.reset();
      return piece;
    }
  }

  private CompletionStage<HttpResponse> whole(
      SpeechEngine.Speech speech,
      SpeechFormat format,
      BooleanSupplier gone,
      Materializer materializer) {
    return work.run(spool::file)
        .thenCompose(
            file ->
                encoded(speech, format, file, gone, materializer)
                    .thenCompose(done -> response(speech, format, file, materializer))
                    .whenComplete(
                        (response, failure) -> {
                          if (failure != null) {
                            spool.remove(file);
                          }
                        }));
  }

  private CompletionStage<Done> encoded(
      SpeechEngine.Speech speech,
      SpeechFormat format,
      Path file,
      BooleanSupplier gone,
      Materializer materializer) {
    return work.run(
            () -> SpeechOutput.to("speech." + format.ending(), file, Synthesizer.SAMPLE_RATE))
        .thenCompose(
            out ->
                work.blocks(speech, () -> stop(gone))
                    .mapAsync(1, block -> work.run(() -> written(out, block.samples())))
                    .runWith(Sink.ignore(), materializer)
                    .thenCompose(
                        done ->
                            work.run(
                                () -> {
                                  out.finish();
                                  return done;
                                }))
                    .whenComplete((done, failure) -> close(out)));
  }

  private static Done written(SpeechOutput out, float[] samples) throws IOException {
    out.write(samples);
    return Done.getInstance();
  }

  private static void close(SpeechOutput out) {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CompletionStage<HttpResponse> response(
      SpeechEngine.Speech speech, SpeechFormat format, Path file, Materializer materializer) {
    if (format == SpeechFormat.JSON) {
      return work.run(
          () -> {
            byte[] body = protocol.whole(Files.readAllBytes(file), speech.alignment());
            spool.remove(file);
            return HttpResponse.create().withEntity(HttpEntities.create(format.type(), body));
          });
    }
    Source<ByteString, NotUsed> bytes =
        FileIO.fromPath(file, CHUNK_BYTES)
            .mapMaterializedValue(read -> NotUsed.getInstance())
            .backpressureTimeout(settings.stallTimeout())
            .watchTermination(
                (nothing, done) -> {
                  done.whenComplete((d, failure) -> spool.remove(file));
                  return NotUsed.getInstance();
                });
    return work.run(() -> Files.size(file))
        .thenCompose(
            size ->
                begun(bytes, materializer)
                    .thenApply(
                        begun ->
                            HttpResponse.create()
                                .withEntity(HttpEntities.create(format.type(), size, begun))));
  }
}

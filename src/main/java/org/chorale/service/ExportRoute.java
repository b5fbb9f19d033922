package org.chorale.service;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.stream.Materializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.chorale.align.Alignment;
import org.chorale.export.AlignmentJsonReader;
import org.chorale.export.ExportOptions;
import org.chorale.export.TimedFormat;
import org.chorale.export.TimedFormats;
import scala.concurrent.duration.FiniteDuration;

/** {@code POST /v1/export?format=F}: a JSON alignment in any format. */
final class ExportRoute extends AllDirectives implements ServiceRoute {

  private final ServiceSettings.Export settings;
  private final TimedFormats formats;
  private final AlignmentEngine engine;
  private final WorkGate gate;
  private final AlignmentJsonReader reader = new AlignmentJsonReader();
  private final FormatMediaTypes mediaTypes = new FormatMediaTypes();

  ExportRoute(
      ServiceSettings.Export settings,
      TimedFormats formats,
      AlignmentEngine engine,
      WorkGate gate) {
    this.settings = settings;
    this.formats = formats;
    this.engine = engine;
    this.gate = gate;
  }

  @Override
  public Route route() {
    return path(
        segment("v1").slash("export"),
        () ->
            post(
                () ->
                    withSizeLimit(
                        settings.maxBytes(),
                        () ->
                            withRequestTimeout(
                                FiniteDuration.fromNanos(settings.timeout().toNanos()),
                                this::parameters))));
  }

  private Route parameters() {
    return parameterOptional(
        "format",
        name ->
            parameterOptional(
                "phones",
                phones ->
                    extractMaterializer(
                        materializer ->
                            extractRequest(
                                request -> answered(request, name, phones, materializer)))));
  }

  private Route answered(
      HttpRequest request,
      Optional<String> name,
      Optional<String> phones,
      Materializer materializer) {
    CompletionStage<HttpResponse> response;
    try {
      TimedFormat format = Upload.format(name.orElse(""), formats);
      response =
          gate.enter(
              () ->
                  request
                      .entity()
                      .toStrict(settings.timeout().toMillis(), materializer)
                      .thenCompose(
                          body -> gate.run(() -> export(body, format, phones.isPresent()))));
    } catch (ServiceException refused) {
      request.discardEntityBytes(materializer);
      throw refused;
    }
    return completeWithFuture(response);
  }

  private HttpResponse export(HttpEntity.Strict body, TimedFormat format, boolean phones)
      throws IOException {
    Alignment alignment =
        reader.parse(body.getData().decodeString(StandardCharsets.UTF_8), "the alignment");
    return mediaTypes.response(
        format,
        engine.song(alignment, format, null),
        ExportOptions.standard().withPhones(phones),
        name(alignment.audio().path()));
  }

  /** The last part of the path that the alignment names. */
  private static String name(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }
}

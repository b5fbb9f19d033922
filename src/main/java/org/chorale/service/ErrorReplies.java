package org.chorale.service;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.RejectionHandler;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.stream.StreamLimitReachedException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.chorale.audio.AudioException;
import org.chorale.export.FormatException;
import org.chorale.model.ModelException;
import org.chorale.text.TextException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Errors as clients see them: JSON with a code and one sentence. What the client can do something
 * about is told as it is, without paths of the server; of anything else only a number, under which
 * the log has it all. Thread-safe.
 */
public final class ErrorReplies extends AllDirectives {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorReplies.class);

  /** An absolute path with at least one folder, in messages that libraries made. */
  private static final Pattern PATH =
      Pattern.compile("(?<![\\p{L}\\p{N}/:])(?:/[^\\s/'\"()]+){2,}|[A-Za-z]:\\\\[^\\s'\"()]+");

  /** One error. */
  public HttpResponse reply(ErrorCode code, String message) {
    return reply(code, message, null);
  }

  private static HttpResponse reply(ErrorCode code, String message, Duration retryAfter) {
    HttpResponse response =
        HttpResponse.create().withStatus(code.status()).withEntity(json(code, message));
    if (retryAfter != null) {
      response =
          response.addHeader(
              RawHeader.create("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds()))));
    }
    return code == ErrorCode.UNAUTHORIZED
        ? response.addHeader(RawHeader.create("WWW-Authenticate", "Bearer realm=\"chorale\""))
        : response;
  }

  private static HttpEntity.Strict json(ErrorCode code, String message) {
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("code", code.code())
            .put("message", message)
            .toString();
    return HttpEntities.create(
        ContentTypes.APPLICATION_JSON, body.getBytes(StandardCharsets.UTF_8));
  }

  /** The reply to a failure. */
  public HttpResponse reply(Throwable failure) {
    ServiceException told = translate(failure);
    return reply(told.code(), told.getMessage(), told.retryAfter().orElse(null));
  }

  /** What a client is told of a failure; the rest goes to the log. */
  public ServiceException translate(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof ServiceException known) {
      return known;
    }
    if (cause instanceof AudioException) {
      return new ServiceException(ErrorCode.BAD_AUDIO, withoutPaths(cause.getMessage()));
    }
    if (cause instanceof TextException || cause instanceof FormatException) {
      return new ServiceException(ErrorCode.BAD_TEXT, withoutPaths(cause.getMessage()));
    }
    if (cause instanceof ModelException) {
      return new ServiceException(
          ErrorCode.MODEL_UNAVAILABLE,
          "A model of the service is missing or broken; its log has it under %s."
              .formatted(logged(cause)));
    }
    if (cause instanceof EntityStreamSizeException
        || cause instanceof StreamLimitReachedException) {
      return new ServiceException(
          ErrorCode.TOO_LARGE, "The request is larger than the service takes; see its limits.");
    }
    if (cause instanceof EntityStreamException) {
      return new ServiceException(
          ErrorCode.BAD_REQUEST,
          "The body of the request ended before it was complete; send it again.");
    }
    if (cause instanceof TimeoutException) {
      return new ServiceException(
          ErrorCode.TIMEOUT, "The request took too long to arrive; send it again.");
    }
    return new ServiceException(
        ErrorCode.INTERNAL,
        "Something went wrong in the service; its log has it under %s.".formatted(logged(cause)));
  }

  private static String logged(Throwable cause) {
    String number = Incidents.next();
    LOG.error("incident {}", number, cause);
    return number;
  }

  /** A message without absolute paths: uploads have only a name, so none is the client's own. */
  static String withoutPaths(String message) {
    return message == null ? "It cannot be read." : PATH.matcher(message).replaceAll("...");
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** For exceptions that come out of a route. */
  public ExceptionHandler exceptions() {
    return ExceptionHandler.newBuilder().matchAny(failure -> complete(reply(failure))).build();
  }

  /** For requests that no route takes. */
  public RejectionHandler rejections() {
    return RejectionHandler.defaultHandler().mapRejectionResponse(ErrorReplies::asJson);
  }

  private static HttpResponse asJson(HttpResponse plain) {
    ErrorCode code = ErrorCode.ofStatus(plain.status().intValue());
    String why =
        code == ErrorCode.NOT_FOUND
            ? "There is nothing here; GET /v1/openapi.json describes what there is."
            : withoutPaths(text(plain)).replaceAll("\\s+", " ");
    return plain.withEntity(json(code, why));
  }

  private static String text(HttpResponse plain) {
    return plain.entity() instanceof HttpEntity.Strict strict
        ? strict.getData().utf8String()
        : plain.status().reason();
  }
}

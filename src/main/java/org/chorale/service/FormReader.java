package org.chorale.service;

import akka.http.javadsl.model.Multipart;
import akka.stream.Materializer;
import akka.stream.StreamLimitReachedException;
import akka.stream.javadsl.FileIO;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Reads the parts of a form as they come: the recording into a file, the rest into memory, each up
 * to its limit. Thread-safe.
 */
final class FormReader {

  /** Options are words, not texts. */
  private static final long MAX_FIELD_BYTES = 256;

  private static final int LONGEST_NAME = 120;

  private final Expected expected;
  private final Spool spool;
  private final Materializer materializer;

  /**
   * What a form may hold beside its {@code text}.
   *
   * @param recording field of the recording
   * @param fields the other fields
   * @param recordingBytes the largest recording
   * @param textBytes the largest text
   * @param time how long all of it may take
   */
  record Expected(
      String recording, Set<String> fields, long recordingBytes, long textBytes, Duration time) {

    Expected {
      fields = Set.copyOf(fields);
    }
  }

  /**
   * What came.
   *
   * @param recording the recording on the disk, null if there was none; the caller removes it
   * @param text bytes of the text, null if there was none
   * @param textName name of the text, whose ending helps to tell its format
   * @param fields the other fields
   */
  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  record Form(
      AlignmentEngine.Recording recording,
      byte[] text,
      String textName,
      Map<String, String> fields) {}

  FormReader(Expected expected, Spool spool, Materializer materializer) {
    this.expected = expected;
    this.spool = spool;
    this.materializer = materializer;
  }

  /** What has come so far; parts come one after the other. */
  private static final class Parts {
    private final Map<String, String> fields = new HashMap<>();
    private Path audio;
    private String audioName;
    private byte[] text;
    private String textName;
  }

  /**
   * Reads everything.
   *
   * @return the form; no file is left behind when it fails
   */
  CompletionStage<Form> read(Multipart.FormData form) {
    Parts parts = new Parts();
    return widen(form)
        .completionTimeout(expected.time())
        .mapAsync(1, part -> read(part, parts))
        .runWith(Sink.ignore(), materializer)
        .thenApply(
            done ->
                new Form(
                    parts.audio == null
                        ? null
                        : new AlignmentEngine.Recording(parts.audio, parts.audioName),
                    parts.text,
                    parts.textName,
                    Map.copyOf(parts.fields)))
        .whenComplete(
            (read, failure) -> {
              if (failure != null && parts.audio != null) {
                spool.remove(parts.audio);
              }
            });
  }

  @SuppressWarnings("unchecked") // Akka's own parts are of a subtype, and sources only give
  private static Source<Multipart.FormData.BodyPart, Object> widen(Multipart.FormData form) {
    return (Source<Multipart.FormData.BodyPart, Object>) form.getParts();
  }

  private CompletionStage<Parts> read(Multipart.FormData.BodyPart part, Parts parts) {
    String name = part.getName();
    Source<ByteString, ?> bytes = part.getEntity().getDataBytes();
    if (name.equals(expected.recording())) {
      return audio(part, bytes, parts);
    }
    if (name.equals("text")) {
      parts.textName = part.getFilename().map(FormReader::baseName).orElse("text");
      return collect(bytes, expected.textBytes(), "text")
          .thenApply(
              all -> {
                parts.text = all.toArray();
                return parts;
              });
    }
    if (!expected.fields().contains(name)) {
      throw unknown(expected);
    }
    return collect(bytes, MAX_FIELD_BYTES, name)
        .thenApply(
            all -> {
              parts.fields.put(name, all.decodeString(StandardCharsets.UTF_8));
              return parts;
            });
  }

  private static ServiceException unknown(Expected expected) {
    return new ServiceException(
        ErrorCode.BAD_REQUEST,
        "There is a field that is not known; use %s, text, %s."
            .formatted(
                expected.recording(),
                String.join(", ", expected.fields().stream().sorted().toList())));
  }

  private CompletionStage<Parts> audio(
      Multipart.FormData.BodyPart part, Source<ByteString, ?> bytes, Parts parts) {
    if (parts.audio != null) {
      throw new ServiceException(
          ErrorCode.BAD_REQUEST,
          "There are two recordings; send one '%s' at a time.".formatted(expected.recording()));
    }
    try {
      parts.audio = spool.file();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    parts.audioName = part.getFilename().map(FormReader::baseName).orElse(expected.recording());
    return limited(bytes, expected.recordingBytes())
        .runWith(FileIO.toPath(parts.audio), materializer)
        .handle(
            (written, failure) ->
                settled(failure, parts, expected.recordingBytes(), expected.recording()));
  }

  private CompletionStage<ByteString> collect(
      Source<ByteString, ?> bytes, long limit, String name) {
    return limited(bytes, limit)
        .runFold(ByteString.emptyByteString(), ByteString::concat, materializer)
        .handle((all, failure) -> settled(failure, all, limit, name));
  }

  private static Source<ByteString, ?> limited(Source<ByteString, ?> bytes, long limit) {
    return bytes.limitWeighted(limit, b -> (long) b.size());
  }

  private static <T> T settled(Throwable failure, T value, long limit, String name) {
    if (failure == null) {
      return value;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StreamLimitReachedException) {
        throw new ServiceException(
            ErrorCode.TOO_LARGE,
            "'%s' is larger than the %,d bytes that the service takes.".formatted(name, limit));
      }
    }
    throw new CompletionException(failure);
  }

  /** A form that lacks a field. */
  static ServiceException missing(String field, String what) {
    return new ServiceException(
        ErrorCode.BAD_REQUEST, "The field '%s' is missing: %s.".formatted(field, what));
  }

  /** The name without folders, which are the client's business. */
  private static String baseName(String given) {
    String name = given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1);
    String printable = name.replaceAll("\\p{Cntrl}", "").strip();
    String shortened =
        printable.length() <= LONGEST_NAME
            ? printable
            : printable.substring(printable.length() - LONGEST_NAME);
    return shortened.isEmpty() ? "upload" : shortened;
  }
}

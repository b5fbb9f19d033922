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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.chorale.export.TimedFormats;

/**
 * Reads the parts of an upload as they come: the recording into a file, the rest into memory, each
 * up to its limit. Thread-safe.
 */
final class UploadReader {

  /** Options are words, not texts. */
  private static final long MAX_FIELD_BYTES = 256;

  private static final int LONGEST_NAME = 120;

  private final ServiceSettings.Align limits;
  private final Spool spool;
  private final TimedFormats formats;
  private final Materializer materializer;

  UploadReader(
      ServiceSettings.Align limits, Spool spool, TimedFormats formats, Materializer materializer) {
    this.limits = limits;
    this.spool = spool;
    this.formats = formats;
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
   * @return the upload, whose file the caller removes; no file is left behind when it fails
   */
  CompletionStage<Upload> read(Multipart.FormData form) {
    Parts parts = new Parts();
    return widen(form)
        .completionTimeout(limits.uploadTimeout())
        .mapAsync(1, part -> read(part, parts))
        .runWith(Sink.ignore(), materializer)
        .thenApply(done -> upload(parts))
        .whenComplete(
            (upload, failure) -> {
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
    if (name.equals("audio")) {
      return audio(part, bytes, parts);
    }
    if (name.equals("text")) {
      parts.textName = part.getFilename().map(UploadReader::baseName).orElse("text");
      return collect(bytes, limits.maxTextBytes(), "text")
          .thenApply(
              all -> {
                parts.text = all.toArray();
                return parts;
              });
    }
    if (!Upload.FIELDS.contains(name)) {
      throw new ServiceException(
          ErrorCode.BAD_REQUEST,
          "There is a field that is not known; use audio, text, %s."
              .formatted(String.join(", ", Upload.FIELDS.stream().sorted().toList())));
    }
    return collect(bytes, MAX_FIELD_BYTES, name)
        .thenApply(
            all -> {
              parts.fields.put(name, all.decodeString(StandardCharsets.UTF_8));
              return parts;
            });
  }

  private CompletionStage<Parts> audio(
      Multipart.FormData.BodyPart part, Source<ByteString, ?> bytes, Parts parts) {
    if (parts.audio != null) {
      throw new ServiceException(
          ErrorCode.BAD_REQUEST, "There are two recordings; send one 'audio' at a time.");
    }
    try {
      parts.audio = spool.file();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    parts.audioName = part.getFilename().map(UploadReader::baseName).orElse("audio");
    return limited(bytes, limits.maxAudioBytes())
        .runWith(FileIO.toPath(parts.audio), materializer)
        .handle((written, failure) -> settled(failure, parts, limits.maxAudioBytes(), "audio"));
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

  private Upload upload(Parts parts) {
    if (parts.audio == null) {
      throw missing("audio", "the recording");
    }
    if (parts.text == null) {
      throw missing("text", "what is spoken or sung in it");
    }
    return new Upload(
        new AlignmentEngine.Recording(parts.audio, parts.audioName),
        parts.text,
        parts.textName,
        Upload.Options.of(parts.fields, formats));
  }

  private static ServiceException missing(String field, String what) {
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

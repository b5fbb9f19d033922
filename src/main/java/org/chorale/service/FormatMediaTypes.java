package org.chorale.service;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.chorale.export.ExportOptions;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;

/** The formats as the web calls them. Thread-safe. */
final class FormatMediaTypes {

  private static final String PLAIN = "text/plain; charset=utf-8";

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("json", "application/json"),
          Map.entry("vtt", "text/vtt; charset=utf-8"),
          Map.entry("srt", "application/x-subrip; charset=utf-8"),
          Map.entry("ass", "text/x-ssa; charset=utf-8"),
          Map.entry("ttml", "application/ttml+xml; charset=utf-8"),
          Map.entry("ttml-apple", "application/ttml+xml; charset=utf-8"),
          Map.entry("elan", "application/xml; charset=utf-8"),
          Map.entry("csv", "text/csv; charset=utf-8"),
          Map.entry("tsv", "text/tab-separated-values; charset=utf-8"),
          Map.entry("kar", "audio/midi"),
          Map.entry("lrc", PLAIN),
          Map.entry("elrc", PLAIN),
          Map.entry("ultrastar", PLAIN),
          Map.entry("textgrid", PLAIN),
          Map.entry("ctm", PLAIN),
          Map.entry("audacity", PLAIN));

  /** The media type of a format, with its encoding where it has one. */
  String of(TimedFormat format) {
    return TYPES.getOrDefault(format.name(), "application/octet-stream");
  }

  /**
   * A song as the answer to a request.
   *
   * @param recording name of the recording, after which the file is named
   */
  HttpResponse response(TimedFormat format, Song song, ExportOptions options, String recording)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    format.write(song, options, bytes);
    HttpResponse response =
        HttpResponse.create().withEntity(HttpEntities.create(type(format), bytes.toByteArray()));
    return format.name().equals("json")
        ? response
        : response.addHeader(
            RawHeader.create("Content-Disposition", disposition(format, recording)));
  }

  private ContentType type(TimedFormat format) {
    return ContentTypes.parse(of(format));
  }

  /** RFC 6266: a name that every client reads, and the right one in UTF-8. */
  private static String disposition(TimedFormat format, String recording) {
    int dot = recording.lastIndexOf('.');
    String stem = dot > 0 ? recording.substring(0, dot) : recording;
    String name = (stem.isBlank() ? "alignment" : stem) + "." + format.extension();
    String ascii = name.replaceAll("[^A-Za-z0-9._ -]", "_");
    String utf8 = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    return "attachment; filename=\"%s\"; filename*=UTF-8''%s".formatted(ascii, utf8);
  }
}

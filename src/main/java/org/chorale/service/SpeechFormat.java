package org.chorale.service;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code POST /v1/speak} answers. */
enum SpeechFormat {
  /** As it is made; its header says that the length is not known. */
  WAV("audio/wav"),
  /** Made whole first, as the next ones. */
  FLAC("audio/flac"),
  MP3("audio/mpeg"),
  OPUS("audio/ogg; codecs=opus"),
  /** A WAV in Base64 and the words at their times. */
  JSON("application/json");

  private final String mediaType;

  SpeechFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /**
   * The format of a name that a client gave.
   *
   * @throws ServiceException when there is none
   */
  static SpeechFormat named(String name) {
    return Arrays.stream(values())
        .filter(f -> f.lowerCase().equals(name.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new ServiceException(
                    ErrorCode.BAD_REQUEST,
                    "'format' is one of %s."
                        .formatted(
                            Arrays.stream(values())
                                .map(SpeechFormat::lowerCase)
                                .collect(Collectors.joining(", ")))));
  }

  private String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Ending of the file that the sound is encoded in. */
  String ending() {
    return this == JSON ? "wav" : lowerCase();
  }

  ContentType type() {
    return ContentTypes.parse(mediaType);
  }
}

package org.chorale.service;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chorale.synth.SpeechSettings;

/**
 * What is to be spoken, and how; checked.
 *
 * @param text the text
 * @param language primary language tag, or auto
 * @param voice name of the voice; empty for the first one of the language
 * @param rate speed, 0.5 to 2
 * @param method what finds the tokens; empty for the better one
 * @param seed the same seed gives the same sound
 */
public record SpeechRequest(
    String text,
    String language,
    Optional<String> voice,
    double rate,
    Optional<SpeechSettings.Method> method,
    long seed) {

  /** Fields beside the text. */
  static final Set<String> FIELDS = Set.of("language", "voice", "rate", "method", "seed");

  /**
   * Reads the fields of a JSON object; others are none of its business.
   *
   * @param longest UTF-16 code units of the longest text
   * @throws ServiceException which names the field that is wrong
   */
  static SpeechRequest of(JsonNode json, int longest) {
    if (!json.path("text").isTextual()) {
      throw bad("'text' is missing, or no string.");
    }
    Map<String, String> fields = new HashMap<>();
    for (String name : FIELDS) {
      JsonNode value = json.path(name);
      if (value.isContainerNode()) {
        throw bad("'%s' is a string or a number.".formatted(name));
      }
      if (!value.isMissingNode() && !value.isNull()) {
        fields.put(name, value.asText());
      }
    }
    return of(json.path("text").asText(), fields, longest);
  }

  /**
   * Reads the fields of a form.
   *
   * @param longest UTF-16 code units of the longest text
   * @throws ServiceException which names the field that is wrong
   */
  static SpeechRequest of(String text, Map<String, String> fields, int longest) {
    if (text.length() > longest) {
      throw new ServiceException(
          ErrorCode.TOO_LARGE,
          "The text is longer than the %,d characters that are spoken at one go."
              .formatted(longest));
    }
    return new SpeechRequest(
        text,
        Upload.Options.language(fields.getOrDefault("language", "auto")),
        Optional.ofNullable(fields.get("voice")).map(String::strip).filter(v -> !v.isEmpty()),
        rate(fields.getOrDefault("rate", "1")),
        method(fields.getOrDefault("method", "")),
        seed(fields.getOrDefault("seed", "1")));
  }

  private static double rate(String given) {
    try {
      double rate = Double.parseDouble(given.strip());
      if (rate >= SpeechSettings.SLOWEST && rate <= SpeechSettings.FASTEST) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw bad("'rate' is a number from 0.5 to 2.");
  }

  private static Optional<SpeechSettings.Method> method(String given) {
    return switch (given.strip().toLowerCase(Locale.ROOT)) {
      case "" -> Optional.empty();
      case "transducer" -> Optional.of(SpeechSettings.Method.TRANSDUCER);
      case "parallel" -> Optional.of(SpeechSettings.Method.PARALLEL);
      default -> throw bad("'method' is 'transducer' or 'parallel'.");
    };
  }

  private static long seed(String given) {
    try {
      return Long.parseLong(given.strip());
    } catch (NumberFormatException e) {
      throw bad("'seed' is a whole number.");
    }
  }

  private static ServiceException bad(String message) {
    return new ServiceException(ErrorCode.BAD_REQUEST, message);
  }
}

package org.chorale.service;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.TimedFormat;
import org.chorale.export.TimedFormats;

/**
 * What a client sent to {@code POST /v1/align}, read and checked.
 *
 * @param recording the recording on the disk
 * @param text bytes of the text
 * @param textName name of the text, whose ending helps to tell its format
 * @param options what to do with them
 */
record Upload(AlignmentEngine.Recording recording, byte[] text, String textName, Options options) {

  /** Field of the recording. */
  static final String RECORDING = "audio";

  /** Fields beside the recording and the text. */
  static final Set<String> FIELDS =
      Set.of("language", "mode", "format", "phones", "force", "minConfidence");

  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(?:[-_][a-z0-9_-]{1,32})?");

  /**
   * What to do.
   *
   * @param language primary language tag, or auto
   * @param mode what the recording is taken for
   * @param format of the answer
   * @param phones whether phones are written
   * @param force whether a result that does not match is written
   * @param minConfidence words less sure than this, 0 to 1, are missing
   */
  record Options(
      String language,
      AlignmentMode mode,
      TimedFormat format,
      boolean phones,
      boolean force,
      double minConfidence) {

    /**
     * Reads the fields.
     *
     * @throws ServiceException which names the field that is wrong
     */
    static Options of(Map<String, String> fields, TimedFormats formats) {
      return new Options(
          language(fields.getOrDefault("language", "auto")),
          mode(fields.getOrDefault("mode", "auto")),
          Upload.format(fields.getOrDefault("format", "json"), formats),
          flag(fields, "phones"),
          flag(fields, "force"),
          confidence(fields.getOrDefault("minConfidence", "0")));
    }

    /** The primary tag of a language that a client gave, or auto. */
    static String language(String given) {
      String language = given.strip().toLowerCase(Locale.ROOT);
      if (!language.equals("auto") && !LANGUAGE.matcher(language).matches()) {
        throw bad("'language' is a tag such as 'en', or 'auto'.");
      }
      return language.split("[-_]", 2)[0];
    }

    private static AlignmentMode mode(String given) {
      return AlignmentMode.of(given.strip())
          .orElseThrow(() -> bad("'mode' is 'speech', 'lyrics' or 'auto'."));
    }

    private static boolean flag(Map<String, String> fields, String name) {
      return switch (fields.getOrDefault(name, "false").strip().toLowerCase(Locale.ROOT)) {
        case "true", "1", "on", "yes" -> true;
        case "false", "0", "off", "no", "" -> false;
        default -> throw bad("'%s' is 'true' or 'false'.".formatted(name));
      };
    }

    private static double confidence(String given) {
      try {
        double value = Double.parseDouble(given.strip());
        if (value >= 0 && value <= 1) {
          return value;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw bad("'minConfidence' is a number from 0 to 1.");
    }
  }

  /**
   * Checks a form.
   *
   * @throws ServiceException which names the field that is missing or wrong
   */
  static Upload of(FormReader.Form form, TimedFormats formats) {
    if (form.recording() == null) {
      throw FormReader.missing(RECORDING, "the recording");
    }
    if (form.text() == null) {
      throw FormReader.missing("text", "what is spoken or sung in it");
    }
    return new Upload(
        form.recording(), form.text(), form.textName(), Options.of(form.fields(), formats));
  }

  /** The format of a name that a client gave. */
  static TimedFormat format(String name, TimedFormats formats) {
    try {
      return formats.named(name);
    } catch (IllegalArgumentException e) {
      throw bad(
          "'format' is none that is known; use one of %s."
              .formatted(String.join(", ", formats.names())));
    }
  }

  private static ServiceException bad(String message) {
    return new ServiceException(ErrorCode.BAD_REQUEST, message);
  }
}

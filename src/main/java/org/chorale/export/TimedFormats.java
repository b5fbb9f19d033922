package org.chorale.export;

import java.util.List;
import java.util.Locale;

/** The formats that can be written and read: the one registry. Immutable and thread-safe. */
public final class TimedFormats {

  private final List<TimedFormat> formats;

  private TimedFormats(List<TimedFormat> formats) {
    this.formats = formats;
  }

  /** All formats of this release. */
  public static TimedFormats all() {
    // In the order in which content is tried: what is told by a mark before what is told by its
    // looks, what asks for more before what asks for less.
    return new TimedFormats(
        List.of(
            new JsonFormat(),
            new KarFormat(),
            new TextGridFormat(),
            new ElanFormat(),
            new AppleTtmlFormat(),
            new TtmlFormat(),
            new VttFormat(),
            new AssFormat(),
            new SrtFormat(),
            new UltraStarFormat(),
            new EnhancedLrcFormat(),
            new LrcFormat(),
            TableFormat.csv(),
            TableFormat.tsv(),
            new AudacityFormat(),
            new CtmFormat()));
  }

  /** Names of the formats. */
  public List<String> names() {
    return formats.stream().map(TimedFormat::name).sorted().toList();
  }

  /**
   * The format of a name.
   *
   * @throws IllegalArgumentException when there is none; the message lists those there are
   */
  public TimedFormat named(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return formats.stream()
        .filter(e -> e.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no format; there are %s".formatted(name, String.join(", ", names()))));
  }

  /**
   * The format of a file, told by its content.
   *
   * @throws FormatException when it is none of those that are known
   */
  public TimedFormat of(TimedFile file) throws FormatException {
    return formats.stream()
        .filter(f -> f.recognises(file))
        .findFirst()
        .orElseThrow(
            () ->
                file.wrong(
                    "is in no format that is known by its content; name it with --from, one of "
                        + String.join(", ", names())));
  }
}

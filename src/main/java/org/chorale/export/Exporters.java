package org.chorale.export;

import java.util.List;
import java.util.Locale;

/** The formats that can be written. Immutable and thread-safe. */
public final class Exporters {

  private final List<Exporter> exporters;

  private Exporters(List<Exporter> exporters) {
    this.exporters = exporters;
  }

  /** All formats of this release. */
  public static Exporters all() {
    return new Exporters(
        List.of(
            new JsonExporter(),
            new SrtExporter(),
            new VttExporter(),
            new LrcExporter(),
            new TextGridExporter(),
            TableExporter.csv(),
            TableExporter.tsv()));
  }

  /** Names of the formats. */
  public List<String> names() {
    return exporters.stream().map(Exporter::name).toList();
  }

  /**
   * The format of a name.
   *
   * @throws IllegalArgumentException when there is none; the message lists those there are
   */
  public Exporter named(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return exporters.stream()
        .filter(e -> e.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no format; there are %s".formatted(name, String.join(", ", names()))));
  }
}

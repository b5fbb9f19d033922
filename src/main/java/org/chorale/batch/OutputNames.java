package org.chorale.batch;

import java.util.ArrayList;
import java.util.List;
import org.chorale.export.TimedFormat;
import org.chorale.export.TimedFormats;

/**
 * Where the results of items go. Immutable.
 *
 * @param formats formats of the job
 */
record OutputNames(List<TimedFormat> formats) {

  /** Clips of an item, from which the list of all clips is made. */
  static final String SEGMENTS = ".segments.jsonl";

  static OutputNames of(BatchSettings settings) {
    TimedFormats all = TimedFormats.all();
    return new OutputNames(settings.formats().stream().map(all::named).toList());
  }

  /** The ending of a format's files; formats that share one have their name before it. */
  String ending(TimedFormat format) {
    boolean shared =
        formats.stream().filter(f -> f.extension().equals(format.extension())).count() > 1;
    boolean plain = !shared || format.name().equals(format.extension());
    return (plain ? "" : "." + format.name()) + "." + format.extension();
  }

  /** All endings of an item's files. */
  List<String> endings(boolean segments) {
    List<String> endings = new ArrayList<>(formats.stream().map(this::ending).toList());
    if (segments) {
      endings.add(SEGMENTS);
    }
    return endings;
  }
}

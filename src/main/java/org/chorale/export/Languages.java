package org.chorale.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Languages by their English names, which some formats use. */
final class Languages {

  private Languages() {}

  /** The English name of a language; empty if it is not known. */
  static String name(String code) {
    String name = Locale.forLanguageTag(code).getDisplayLanguage(Locale.ENGLISH);
    return name.equalsIgnoreCase(code) || code.equals("und") ? "" : name;
  }

  /** The code of the language whose English name begins so. */
  static Optional<String> code(String beginning) {
    String wanted = beginning.strip().toLowerCase(Locale.ROOT);
    return wanted.length() < 3
        ? Optional.empty()
        : Arrays.stream(Locale.getISOLanguages())
            .filter(c -> c.length() == 2)
            .filter(c -> name(c).toLowerCase(Locale.ROOT).startsWith(wanted))
            .findFirst();
  }
}

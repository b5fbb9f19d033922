package org.chorale.text.spoken;

import com.ibm.icu.text.RuleBasedNumberFormat;
import com.ibm.icu.util.ULocale;
import java.util.Arrays;
import java.util.List;

/**
 * ICU's number spelling for one language. Loaded at the first number, because ICU's data take
 * hundreds of milliseconds to open. Safe to share between threads: the formatter is not, so calls
 * take turns.
 */
final class NumberSpeller {

  private final String language;
  private RuleBasedNumberFormat format;
  private List<String> ruleSets = List.of();
  private boolean loaded;

  NumberSpeller(String language) {
    this.language = language;
  }

  /** Whether ICU has spelling rules for the language itself. */
  synchronized boolean isAvailable() {
    load();
    return format != null;
  }

  /** The names of the public rule sets. */
  synchronized List<String> ruleSets() {
    load();
    return ruleSets;
  }

  /**
   * A number in words, as ICU writes it: soft hyphens part the words of a compound. Empty where the
   * language or the rule set does not exist.
   */
  synchronized String spell(long number, String ruleSet) {
    load();
    return format == null || !ruleSets.contains(ruleSet) ? "" : format.format(number, ruleSet);
  }

  private void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    RuleBasedNumberFormat candidate =
        new RuleBasedNumberFormat(new ULocale(language), RuleBasedNumberFormat.SPELLOUT);
    // ICU answers in the language of the machine where it does not know the one asked for.
    if (candidate.getLocale(ULocale.ACTUAL_LOCALE).getLanguage().equals(language)) {
      format = candidate;
      ruleSets = Arrays.asList(candidate.getRuleSetNames());
    }
  }
}

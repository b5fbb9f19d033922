package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.chorale.align.AlignedPhone;

/**
 * A tier of an annotation tool: intervals with text, in order.
 *
 * @param name its name
 * @param intervals those that hold text
 */
record Tier(String name, List<Interval> intervals) {

  /** Seconds and text. */
  record Interval(double start, double end, String text) {
    double middle() {
      return (start + end) / 2;
    }
  }

  private static final Pattern WORDS = Pattern.compile(".*(word|wrd|ort|mot|wort|palabra|token).*");
  private static final Pattern PHONES =
      Pattern.compile(".*(phone|phn|phon|seg|mau|kan|syl|silbe).*");
  private static final Pattern LINES =
      Pattern.compile(".*(line|phrase|sentence|utterance|utt|trn|text|transcript).*");

  /**
   * Makes a song of tiers: the words of one named so; if there is none, of one of lines; if there
   * is none, of the first that has any text. Phones and lines are taken from tiers named so.
   */
  static void read(List<Tier> tiers, SongBuilder builder) {
    List<Tier> filled = tiers.stream().filter(t -> !t.intervals().isEmpty()).toList();
    Optional<Tier> lines = named(filled, t -> LINES.matcher(t).matches());
    Optional<Tier> words =
        named(filled, t -> WORDS.matcher(t).matches() && !PHONES.matcher(t).matches());
    if (words.isEmpty()) {
      lines
          .or(() -> named(filled, t -> !PHONES.matcher(t).matches()))
          .or(() -> filled.stream().findFirst())
          .ifPresent(t -> builder.unbroken(spread(t)));
      return;
    }
    List<Interval> phones =
        named(filled, t -> PHONES.matcher(t).matches()).map(Tier::intervals).orElse(List.of());
    List<ReadWord> read = withPhones(spread(words.get()), phones);
    if (lines.isPresent()) {
      intoLines(read, lines.get().intervals(), builder);
    } else {
      builder.unbroken(read);
    }
  }

  private static Optional<Tier> named(List<Tier> tiers, Predicate<String> name) {
    return tiers.stream().filter(t -> name.test(t.name().toLowerCase(Locale.ROOT))).findFirst();
  }

  private static List<ReadWord> spread(Tier tier) {
    List<ReadWord> words = new ArrayList<>();
    for (Interval interval : tier.intervals()) {
      TimedRuns runs = new TimedRuns();
      runs.add(interval.text(), interval.start(), interval.end());
      words.addAll(runs.words());
    }
    return words;
  }

  private static List<ReadWord> withPhones(List<ReadWord> words, List<Interval> phones) {
    List<ReadWord> out = new ArrayList<>();
    int next = 0;
    for (ReadWord word : words) {
      List<AlignedPhone> its = new ArrayList<>();
      while (next < phones.size() && phones.get(next).middle() < word.end()) {
        Interval phone = phones.get(next);
        if (phone.middle() >= word.start()) {
          its.add(new AlignedPhone(phone.text().strip(), phone.start(), phone.end(), 1));
        }
        next++;
      }
      out.add(word.withPhones(its));
    }
    return out;
  }

  /** Words of a line that have no interval of their own are missing. */
  private static void intoLines(List<ReadWord> words, List<Interval> lines, SongBuilder builder) {
    List<ReadWord> loose = new ArrayList<>();
    int next = 0;
    for (Interval line : lines) {
      while (next < words.size() && middle(words.get(next)) < line.start()) {
        loose.add(words.get(next++));
      }
      builder.unbroken(loose);
      loose.clear();
      List<ReadWord> its = new ArrayList<>();
      while (next < words.size() && middle(words.get(next)) <= line.end()) {
        its.add(words.get(next++));
      }
      builder.line(line.start(), completed(line.text(), its));
    }
    loose.addAll(words.subList(next, words.size()));
    builder.unbroken(loose);
  }

  private static double middle(ReadWord word) {
    return (word.start() + word.end()) / 2;
  }

  /** The words of a line's text with the times of those that were found, if they fit together. */
  private static List<ReadWord> completed(String text, List<ReadWord> found) {
    List<ReadWord> all = new ArrayList<>();
    int next = 0;
    for (String word : text.strip().split("\\s+")) {
      if (next < found.size() && found.get(next).text().equals(word)) {
        all.add(found.get(next++));
      } else if (!word.isEmpty()) {
        all.add(ReadWord.untimed(word));
      }
    }
    return next == found.size() ? all : found;
  }
}

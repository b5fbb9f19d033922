package org.chorale.lyrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.text.Document;
import org.chorale.text.Line;
import org.chorale.text.Word;

/**
 * What of a lyrics sheet may be sung, line after line: its lines; what "(x2)" and a bare "[Chorus]"
 * stand for, which may be sung or not; words in parentheses, which may be left out. Immutable.
 *
 * @param steps in the order of the song
 */
record SongPlan(List<Step> steps) {

  private static final Pattern TIMES =
      Pattern.compile("[(\\[]\\s*(?:[x×]\\s*(\\d{1,2})|(\\d{1,2})\\s*[x×])\\s*[)\\]]");
  private static final Pattern HEADING = Pattern.compile("\\[([^\\]\\n]{1,40})\\]:?");
  private static final int MOST_REPEATS = 8;

  /**
   * A line to sing.
   *
   * @param line index of the line whose words are sung
   * @param hint index of the word that stands for it when it is a repetition ("(x2)"), else -1
   * @param first whether this is the first line of a repetition, which is sung or left out whole
   * @param last whether it is its last line
   */
  record Step(int line, int hint, boolean first, boolean last) {

    boolean isRepetition() {
      return hint >= 0;
    }
  }

  SongPlan {
    steps = List.copyOf(steps);
  }

  /** The plan of a lyrics sheet. */
  static SongPlan of(Document document) {
    List<Step> steps = new ArrayList<>();
    Map<String, int[]> sections = new HashMap<>();
    List<Line> lines = document.lines();
    int stanza = 0; // first line of the stanza
    String open = null; // the section that is being written out
    int openFrom = 0;
    for (int l = 0; l < lines.size(); l++) {
      Line line = lines.get(l);
      boolean paragraph = l == 0 || blankBetween(document, lines.get(l - 1), line);
      if (paragraph) {
        stanza = l;
      }
      String heading = heading(document, line);
      if (heading != null) {
        if (open != null && l > openFrom) {
          sections.putIfAbsent(open, new int[] {openFrom, l});
        }
        open = heading;
        openFrom = l + 1;
        boolean bare =
            l + 1 == lines.size()
                || heading(document, lines.get(l + 1)) != null
                || blankBetween(document, line, lines.get(l + 1));
        int[] known = sections.get(heading);
        if (bare && known != null) {
          repeat(steps, known[0], known[1], line.firstWord(), document);
          open = null;
        }
        stanza = l + 1;
      } else if (paragraph && open != null && l > openFrom) {
        sections.putIfAbsent(open, new int[] {openFrom, l});
        open = null;
      }
      if (isSung(document, line)) {
        steps.add(new Step(l, -1, false, false));
      }
      int times = times(line.text());
      if (times > 1) {
        boolean alone = !isSung(document, line);
        int from = alone ? stanza : l;
        for (int k = 1; k < times; k++) {
          repeat(steps, from, alone ? l : l + 1, hint(document, line), document);
        }
      }
    }
    return new SongPlan(steps);
  }

  private static void repeat(List<Step> steps, int from, int to, int hint, Document document) {
    List<Integer> sung = new ArrayList<>();
    for (int l = from; l < to; l++) {
      if (isSung(document, document.lines().get(l))) {
        sung.add(l);
      }
    }
    for (int k = 0; k < sung.size(); k++) {
      steps.add(new Step(sung.get(k), hint, k == 0, k == sung.size() - 1));
    }
  }

  private static boolean isSung(Document document, Line line) {
    return document.words().subList(line.firstWord(), line.firstWord() + line.wordCount()).stream()
        .anyMatch(Word::isSpoken);
  }

  private static boolean blankBetween(Document document, Line above, Line below) {
    long breaks =
        document
            .text()
            .substring(above.charEnd(), below.charStart())
            .chars()
            .filter(c -> c == '\n')
            .count();
    return breaks > 1;
  }

  private static String heading(Document document, Line line) {
    if (isSung(document, line)) {
      return null;
    }
    Matcher matcher = HEADING.matcher(line.text().strip());
    return matcher.matches() && times(line.text()) == 1
        ? matcher.group(1).strip().toLowerCase(Locale.ROOT)
        : null;
  }

  /** How often a line says that something is sung; 1 when it says nothing. */
  private static int times(String line) {
    Matcher matcher = TIMES.matcher(line);
    if (!matcher.find()) {
      return 1;
    }
    String number = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    return Math.min(MOST_REPEATS, Integer.parseInt(number));
  }

  /** The word that holds a repeat mark. */
  private static int hint(Document document, Line line) {
    for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
      Word word = document.words().get(w);
      if (!word.isSpoken()) {
        return w;
      }
    }
    return line.firstWord() + line.wordCount() - 1;
  }
}

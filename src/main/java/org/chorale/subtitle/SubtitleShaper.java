package org.chorale.subtitle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/**
 * Makes subtitles of an alignment by the rules of a preset: of all ways to cut the text into cues
 * the one with the least cost (dynamic programming over the words, exact). A violated rule costs
 * more than anything else; then it is dear to cut within a phrase, after a word that belongs to the
 * next one, or to run over the end of a sentence or a pause. Cues begin with their first word and
 * end with their last one, and stay longer, or come earlier, where reading them takes longer and
 * there is a pause. Immutable and thread-safe.
 */
public final class SubtitleShaper {

  private static final double VIOLATION = 1000;
  private static final double CUE = 1;
  private static final double INSIDE_PHRASE = 2;
  private static final double INSIDE_LINE = 0.6;
  private static final double HANGING = 1.5;
  private static final double RUN_OVER_SENTENCE = 0.5;
  private static final double RUN_OVER_PAUSE = 1.5;
  private static final double LONG_PAUSE_SECONDS = 1;
  private static final double PAUSE_SECONDS = 0.4;
  private static final double SHORT_CUE_SECONDS = 1.5;
  private static final double SECOND_ROW = 0.2;
  private static final double UNEVEN_ROWS = 1;

  /** A cue that must take time from its neighbours. */
  private static final double BORROWED = 20;

  /** How much of a pause before a line of lyrics the line is seen. */
  private static final double BREATH = 0.6;

  private static final double MILLI = 0.001;
  private static final String SENTENCE_END = ".!?…。！？";
  private static final String PHRASE_END = ",;:–—)»”";
  private static final String CLOSING = "\"'”’»)]";

  private final SubtitleRules rules;

  /** Shapes by rules. */
  public SubtitleShaper(SubtitleRules rules) {
    this.rules = rules;
  }

  /**
   * What a shaper makes.
   *
   * @param cues in order, none overlapping the next
   * @param violations of the rules, empty when all are kept
   */
  public record Shaped(List<SubtitleCue> cues, List<Violation> violations) {}

  /**
   * The cues of an alignment. Words without times go with their neighbours; without any timed word
   * there are none.
   */
  public Shaped shape(Alignment alignment) {
    if (alignment.words().stream().noneMatch(AlignedWord::isTimed)) {
      return new Shaped(List.of(), List.of());
    }
    List<SubtitleCue> cues = new Text(alignment).cues();
    return new Shaped(cues, Violation.of(cues, rules));
  }

  /** Rows of a stretch of words and what their breaks cost. */
  private record Rows(List<Integer> starts, double cost) {}

  /** One alignment on its way. */
  private final class Text {
    private final List<AlignedWord> words;
    private final FunctionWords functionWords;

    /** Whether a line of the text ends with a word. */
    private final boolean[] lineEnd;

    /** Index of the timed word at or before, or at or after a word; -1 or the number of words. */
    private final int[] timedBefore;

    private final int[] timedAfter;

    /** Characters of all words before one, a space after each. */
    private final int[] characters;

    Text(Alignment alignment) {
      this.words = alignment.words();
      this.functionWords = new FunctionWords(alignment.language());
      int n = words.size();
      this.lineEnd = new boolean[n];
      for (AlignedLine line : alignment.lines()) {
        if (line.wordCount() > 0) {
          lineEnd[line.firstWord() + line.wordCount() - 1] = true;
        }
      }
      this.timedBefore = new int[n];
      this.timedAfter = new int[n + 1];
      this.characters = new int[n + 1];
      timedAfter[n] = n;
      for (int w = 0; w < n; w++) {
        timedBefore[w] = words.get(w).isTimed() ? w : w == 0 ? -1 : timedBefore[w - 1];
        characters[w + 1] = characters[w] + words.get(w).text().length() + 1;
      }
      for (int w = n - 1; w >= 0; w--) {
        timedAfter[w] = words.get(w).isTimed() ? w : timedAfter[w + 1];
      }
    }

    List<SubtitleCue> cues() {
      int n = words.size();
      double[] best = new double[n + 1];
      int[] from = new int[n + 1];
      for (int to = 1; to <= n; to++) {
        best[to] = Double.POSITIVE_INFINITY;
        for (int first = to - 1; first >= 0; first--) {
          boolean tooLong =
              characters[to] - characters[first] - 1 > rules.rows() * (rules.rowCharacters() + 1);
          if (tooLong && best[to] < Double.POSITIVE_INFINITY) {
            break;
          }
          if (timedAfter[first] >= to || best[first] == Double.POSITIVE_INFINITY) {
            continue; // nothing says when it is seen
          }
          double cost = best[first] + cost(first, to);
          if (cost < best[to]) {
            best[to] = cost;
            from[to] = first;
          }
        }
      }
      List<Integer> cuts = new ArrayList<>();
      for (int to = n; to > 0; to = from[to]) {
        if (best[to] == Double.POSITIVE_INFINITY) {
          break;
        }
        cuts.add(to);
      }
      cuts.add(0);
      Collections.reverse(cuts);
      return timed(cuts);
    }

    private double cost(int first, int to) {
      Rows rows = rows(first, to);
      double cost = CUE + rows.cost() + breakCost(to);
      double seconds = secondsSeen(first, to);
      double needed = needed(first, to);
      double lacking = needed - seconds;
      if (lacking > rules.leadSeconds() + rules.lateSeconds() + MILLI) {
        cost += VIOLATION * (0.1 + lacking / needed);
      } else if (lacking > MILLI) {
        // Its neighbours may have time to spare; the shorter the better.
        cost += BORROWED + BORROWED * lacking / needed;
      }
      if (seconds > rules.maxSeconds() + MILLI) {
        cost += VIOLATION * (0.1 + (seconds - rules.maxSeconds()) / rules.maxSeconds());
      }
      if (seconds < SHORT_CUE_SECONDS) {
        cost += SHORT_CUE_SECONDS - seconds;
      }
      for (int w = first; w < to - 1; w++) {
        double pause = pauseAfter(w);
        cost += endsWith(w, SENTENCE_END) ? RUN_OVER_SENTENCE : 0;
        cost += pause > PAUSE_SECONDS ? RUN_OVER_PAUSE * Math.min(2, pause) : 0;
        cost += lineEnd[w] && !rules.keepsLines() ? RUN_OVER_SENTENCE : 0;
      }
      return cost;
    }

    /** What it costs to part the words before an index from those behind it. */
    private double breakCost(int at) {
      if (at == words.size()) {
        return 0;
      }
      double cost = INSIDE_PHRASE;
      if (lineEnd[at - 1] || endsWith(at - 1, SENTENCE_END)) {
        return 0;
      }
      if (rules.keepsLines()) {
        cost += INSIDE_LINE;
      }
      if (endsWith(at - 1, PHRASE_END)) {
        cost -= 1.5;
      } else if (functionWords.contains(words.get(at - 1).text())) {
        cost += HANGING;
      } else if (functionWords.contains(words.get(at).text())) {
        cost -= 0.5;
      }
      return Math.max(0, cost - 1.5 * Math.min(1, pauseAfter(at - 1) / PAUSE_SECONDS));
    }

    private boolean endsWith(int word, String marks) {
      String text = words.get(word).text();
      int last = text.length() - 1;
      while (last > 0
          && CLOSING.indexOf(text.charAt(last)) >= 0
          && marks.indexOf(text.charAt(last)) < 0) {
        last--;
      }
      return last >= 0 && marks.indexOf(text.charAt(last)) >= 0;
    }

    private double pauseAfter(int word) {
      int a = timedBefore[word];
      int b = timedAfter[word + 1];
      return a < 0 || b == words.size()
          ? 0
          : Math.max(0, words.get(b).startSeconds() - words.get(a).endSeconds());
    }

    private int length(int first, int to) {
      return Math.max(0, characters[to] - characters[first] - 1);
    }

    private double needed(int first, int to) {
      // As if it were one row: a break is a character less than a space.
      return rules.readingSeconds(length(first, to), to - first) + 2 * MILLI;
    }

    /** The best rows: one if they fit, or else the best place to break. */
    private Rows rows(int first, int to) {
      boolean inside = rules.keepsLines() && hasLineEnd(first, to - 1);
      if (length(first, to) <= rules.rowCharacters() && !inside) {
        return new Rows(List.of(0), 0);
      }
      Rows best = new Rows(List.of(0), VIOLATION * over(length(first, to), inside));
      for (int at = first + 1; at < to && rules.rows() > 1; at++) {
        int upper = length(first, at);
        int lower = length(at, to);
        boolean crossing =
            rules.keepsLines() && (hasLineEnd(first, at - 1) || hasLineEnd(at, to - 1));
        double cost =
            SECOND_ROW
                + breakCost(at)
                + UNEVEN_ROWS * Math.abs(upper - lower) / (upper + lower)
                + (upper > lower ? 0.1 : 0)
                + VIOLATION * (over(upper, false) + over(lower, crossing));
        if (cost < best.cost()) {
          best = new Rows(List.of(0, at - first), cost);
        }
      }
      return best;
    }

    /** Whether a line ends within words, {@code last} excluded. */
    private boolean hasLineEnd(int first, int last) {
      for (int w = first; w < last; w++) {
        if (lineEnd[w]) {
          return true;
        }
      }
      return false;
    }

    private double over(int length, boolean crossesLine) {
      double over = Math.max(0, length - rules.rowCharacters()) / (double) rules.rowCharacters();
      return over + (over > 0 ? 0.1 : 0) + (crossesLine ? 1 : 0);
    }

    private double speechStart(int first) {
      return words.get(timedAfter[first]).startSeconds();
    }

    private double speechEnd(int to) {
      return words.get(timedBefore[to - 1]).endSeconds();
    }

    /** When words are seen, if they are a cue and its neighbours keep to their words. */
    private double secondsSeen(int first, int to) {
      double start = speechStart(first);
      double limit = speechEnd(to) + rules.lagSeconds();
      if (to < words.size() && timedAfter[to] < words.size()) {
        limit = Math.min(limit, speechStart(to) - rules.gapSeconds());
      }
      double end = Math.min(limit, Math.max(speechEnd(to), start + needed(first, to)));
      boolean oneWord = timedAfter[first] == timedBefore[to - 1];
      // One word is shown as long as the rules allow, however long it is held.
      return oneWord ? Math.min(end - start, rules.maxSeconds()) : end - start;
    }

    /**
     * The times of cues. How late a cue may begin and end, so that all behind it can be read, is
     * known from the last one backwards; then every cue, from the first one on, keeps as near to
     * its words as that allows.
     */
    private List<SubtitleCue> timed(List<Integer> cuts) {
      int cues = cuts.size() - 1;
      long gap = millis(rules.gapSeconds());
      long longest = (long) Math.floor(rules.maxSeconds() / MILLI);
      long[] latestStart = new long[cues];
      long[] latestEnd = new long[cues];
      long[] needed = new long[cues];
      for (int c = cues - 1; c >= 0; c--) {
        double start = speechStart(cuts.get(c));
        needed[c] = millis(needed(cuts.get(c), cuts.get(c + 1)));
        latestEnd[c] = millis(speechEnd(cuts.get(c + 1)) + rules.lagSeconds());
        if (c + 1 < cues) {
          latestEnd[c] = Math.min(latestEnd[c], latestStart[c + 1] - gap);
        }
        // A cue that cannot be read in time must not push those before it ever earlier.
        latestStart[c] =
            Math.max(
                millis(start - rules.leadSeconds()),
                Math.min(millis(start + rules.lateSeconds()), latestEnd[c] - needed[c]));
      }
      long[] starts = new long[cues];
      long[] ends = new long[cues];
      for (int c = 0; c < cues; c++) {
        long free = c == 0 ? 0 : ends[c - 1] + gap;
        starts[c] = Math.max(free, Math.min(naturalStart(cuts.get(c)), latestStart[c]));
        long natural = millis(speechEnd(cuts.get(c + 1)));
        if (c + 1 < cues) {
          natural = Math.min(natural, naturalStart(cuts.get(c + 1)) - gap);
        }
        long end = Math.max(natural, starts[c] + needed[c]);
        ends[c] = Math.min(Math.min(end, starts[c] + longest), Math.max(starts[c], latestEnd[c]));
      }
      List<SubtitleCue> out = new ArrayList<>();
      for (int c = 0; c < cues; c++) {
        if (c + 1 < cues) {
          long next = starts[c + 1];
          boolean flickers = next - ends[c] < millis(rules.closedGapSeconds());
          ends[c] = flickers && next - gap <= starts[c] + longest ? next - gap : ends[c];
        }
        int first = cuts.get(c);
        int to = cuts.get(c + 1);
        out.add(
            new SubtitleCue(
                starts[c] / 1000.0,
                ends[c] / 1000.0,
                words.subList(first, to),
                rows(first, to).starts()));
      }
      return out;
    }

    /** When a cue appears if nothing is in the way: with its first word; for singers before it. */
    private long naturalStart(int first) {
      double start = speechStart(first);
      if (rules.keepsLines()) {
        int before = timedAfter[first] == 0 ? -1 : timedBefore[timedAfter[first] - 1];
        double pause = before < 0 ? start : start - words.get(before).endSeconds();
        start -= Math.max(0, Math.min(rules.leadSeconds(), pause * BREATH));
      }
      return millis(start);
    }

    /** Rounded up, as what a rule asks for must not be rounded away. */
    private static long millis(double seconds) {
      return (long) Math.ceil(seconds / MILLI - 1e-6);
    }
  }
}

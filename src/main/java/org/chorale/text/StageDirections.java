package org.chorale.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chorale.text.spoken.StageWords;

/**
 * Finds what is written but not spoken: everything in square brackets, repeat marks and directions
 * in parentheses, in braces or between asterisks, speakers' names, headings of song sections.
 */
final class StageDirections {

  // A bracket that never closes must not silence the rest of the text.
  private static final int MOST_CHARS = 400;
  private static final int MOST_LINES = 3;
  private static final Pattern PARENTHESES = Pattern.compile("[(（]([^()（）\\n]{1,60})[)）]");
  private static final Pattern BRACES = Pattern.compile("\\{([^{}\\n]{1,60})\\}");
  private static final Pattern ASTERISKS =
      Pattern.compile("(?<![*\\p{L}])\\*(?![*\\s])([^*\\n]{1,60})(?<!\\s)\\*(?![*\\p{L}])");
  private static final Pattern TURN =
      Pattern.compile(
          "(?m)^[ \\t]*(?:-[ \\t]*)?(?:>>+|&gt;&gt;)[ \\t]*"
              + "(?:\\p{Lu}[\\p{L}\\p{N}.'’# -]{0,30}?:(?=\\s|$))?");
  private static final Pattern LABEL =
      Pattern.compile(
          "(?m)^[ \\t]*(?:-[ \\t]*)?(\\p{Lu}[\\p{Lu}\\p{N}.'’# -]{1,28}[\\p{Lu}\\p{N}.]):"
              + "(?=[ \\t]+\\S*\\p{Ll}|[ \\t]+\\p{Lu}[ \\t'’]+\\p{Ll})");
  private static final Pattern HEADING =
      Pattern.compile("(?m)^[ \\t]*(\\p{L}+(?:-\\p{L}+)?)(?:[ \\t]*\\d{1,2})?[ \\t]*:[ \\t]*$");

  private final StageWords words;

  StageDirections(StageWords words) {
    this.words = words;
  }

  /** The UTF-16 code units of {@code text} that are not spoken. */
  BitSet find(String text) {
    BitSet silent = new BitSet(text.length());
    brackets(text, '[', ']', silent);
    brackets(text, '【', '】', silent);
    brackets(text, '［', '］', silent);
    brackets(text, '〔', '〕', silent);
    directions(text, PARENTHESES, silent);
    directions(text, BRACES, silent);
    directions(text, ASTERISKS, silent);
    Matcher turn = TURN.matcher(text);
    while (turn.find()) {
      silent.set(turn.start(), turn.end());
    }
    labels(text, silent);
    Matcher heading = HEADING.matcher(text);
    while (heading.find()) {
      if (words.isSection(heading.group(1))) {
        silent.set(heading.start(), heading.end());
      }
    }
    return silent;
  }

  private static void brackets(String text, char open, char close, BitSet silent) {
    int from = text.indexOf(open);
    while (from >= 0) {
      int end = closing(text, from, open, close);
      if (end < 0) {
        from = text.indexOf(open, from + 1);
      } else {
        silent.set(from, end + 1);
        from = text.indexOf(open, end + 1);
      }
    }
  }

  private static int closing(String text, int from, char open, char close) {
    int depth = 0;
    int lines = 0;
    for (int i = from; i < text.length() && i - from <= MOST_CHARS && lines < MOST_LINES; i++) {
      char c = text.charAt(i);
      if (c == open) {
        depth++;
      } else if (c == close) {
        depth--;
        if (depth == 0) {
          return i;
        }
      } else if (c == '\n') {
        lines++;
      }
    }
    return -1;
  }

  private void directions(String text, Pattern pattern, BitSet silent) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      if (words.isDirection(matcher.group(1))) {
        silent.set(matcher.start(), matcher.end());
      }
    }
  }

  /**
   * "ANNA: Come in." A single label may be a spoken word ("WARNING: ..."), several are a script.
   */
  private static void labels(String text, BitSet silent) {
    List<int[]> found = new ArrayList<>();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      found.add(new int[] {label.start(), label.end()});
    }
    if (found.size() > 1) {
      found.forEach(span -> silent.set(span[0], span[1]));
    }
  }
}

package org.chorale.text.spoken;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Words of stage directions: names of song sections, sounds, and repeat marks. English ones count
 * in every language, because lyrics sites use them everywhere. Immutable.
 */
public final class StageWords {

  private static final Pattern REPEAT =
      Pattern.compile(
          "(?:[x×]\\s*\\d{1,2}|\\d{1,2}\\s*[x×]|\\d{1,2}\\s*(?:times|mal|fois|veces|volte|vezes|keer))");
  private static final Pattern WORD = Pattern.compile("[^\\p{L}\\p{M}']+");
  private static final int MOST_WORDS = 5;

  private final Lexicon own;
  private final Lexicon common;

  StageWords(Lexicon own) {
    this.own = own;
    this.common = Lexicon.load("stage");
  }

  /**
   * Whether the content of parentheses is a direction: a repeat mark, or a few words that begin or
   * end with a stage word ("Chorus x2", "soft music", "laughs").
   */
  public boolean isDirection(String content) {
    String plain = Token.plain(content).toLowerCase(Locale.ROOT).strip();
    if (REPEAT.matcher(plain).matches()) {
      return true;
    }
    String[] words = WORD.split(plain);
    int first = words.length > 0 && words[0].isEmpty() ? 1 : 0;
    int count = words.length - first;
    if (count < 1 || count > MOST_WORDS) {
      return false;
    }
    return has("section", words[first])
        || (count <= 3 && (has("sound", words[first]) || has("sound", words[words.length - 1])));
  }

  /** Whether a word names a section of a song ("chorus"). */
  public boolean isSection(String word) {
    return has("section", word.toLowerCase(Locale.ROOT));
  }

  private boolean has(String set, String word) {
    return own.has(set, word) || common.has(set, word);
  }
}

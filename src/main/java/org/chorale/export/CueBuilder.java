package org.chorale.export;

import java.util.ArrayList;
import java.util.List;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/**
 * Cuts lines of the text into cues of at most two rows of 42 characters and 7 seconds, at phrase
 * ends and pauses where there are some. Words without times go with their neighbours in the line; a
 * line without any timed word goes with the cue before it, the first lines with the one after.
 * Immutable and thread-safe.
 */
public final class CueBuilder implements CueShaper {

  static final int ROW_CHARACTERS = 42;
  private static final double MAX_SECONDS = 7;
  private static final double PAUSE_SECONDS = 0.25;

  @Override
  public List<Cue> cues(Alignment alignment) {
    List<Cue> cues = new ArrayList<>();
    List<AlignedWord> waiting = new ArrayList<>();
    for (AlignedLine line : alignment.lines()) {
      List<AlignedWord> words =
          alignment.words().subList(line.firstWord(), line.firstWord() + line.wordCount());
      if (!line.isTimed()) {
        if (cues.isEmpty()) {
          waiting.addAll(words);
        } else {
          Cue last = cues.remove(cues.size() - 1);
          List<AlignedWord> joined = new ArrayList<>(last.words());
          joined.addAll(words);
          cues.add(cue(joined));
        }
        continue;
      }
      List<AlignedWord> all = new ArrayList<>(waiting);
      all.addAll(words);
      waiting.clear();
      split(all, cues);
    }
    return separate(cues);
  }

  private static void split(List<AlignedWord> words, List<Cue> cues) {
    int timed = (int) words.stream().filter(AlignedWord::isTimed).count();
    if (timed < 2 || fits(words)) {
      cues.add(cue(words));
      return;
    }
    int best = -1;
    double bestWorth = Double.NEGATIVE_INFINITY;
    int characters = words.stream().mapToInt(w -> w.text().length() + 1).sum();
    int before = 0;
    for (int w = 1; w < words.size(); w++) {
      before += words.get(w - 1).text().length() + 1;
      if (words.subList(0, w).stream().noneMatch(AlignedWord::isTimed)
          || words.subList(w, words.size()).stream().noneMatch(AlignedWord::isTimed)) {
        continue;
      }
      double worth = breakWorth(words, w) - 3.0 * Math.abs(2.0 * before / characters - 1);
      if (worth > bestWorth) {
        bestWorth = worth;
        best = w;
      }
    }
    split(words.subList(0, best), cues);
    split(words.subList(best, words.size()), cues);
  }

  /** How good it is to break before a word: after punctuation, at a pause. */
  private static double breakWorth(List<AlignedWord> words, int w) {
    String left = words.get(w - 1).text();
    char last = left.charAt(left.length() - 1);
    double worth = ".!?…;:".indexOf(last) >= 0 ? 2 : ",)\"”»–—".indexOf(last) >= 0 ? 1 : 0;
    AlignedWord a = words.get(w - 1);
    AlignedWord b = words.get(w);
    if (a.isTimed() && b.isTimed()) {
      worth += Math.min(1.5, (b.startSeconds() - a.endSeconds()) / PAUSE_SECONDS);
    }
    return worth;
  }

  private static boolean fits(List<AlignedWord> words) {
    Cue cue = cue(words);
    if (cue.endSeconds() - cue.startSeconds() > MAX_SECONDS) {
      return false;
    }
    return cue.text().lines().allMatch(row -> row.length() <= ROW_CHARACTERS);
  }

  private static Cue cue(List<AlignedWord> words) {
    double start = Double.NaN;
    double end = Double.NaN;
    int characters = -1;
    for (AlignedWord word : words) {
      characters += word.text().length() + 1;
      if (word.isTimed()) {
        start = Double.isNaN(start) ? word.startSeconds() : start;
        end = word.endSeconds();
      }
    }
    int breakBefore = 0;
    if (characters > ROW_CHARACTERS) {
      double best = Double.NEGATIVE_INFINITY;
      int before = 0;
      for (int w = 1; w < words.size(); w++) {
        before += words.get(w - 1).text().length() + 1;
        boolean rowsFit = before - 1 <= ROW_CHARACTERS && characters - before <= ROW_CHARACTERS;
        double worth =
            breakWorth(words, w)
                + (rowsFit ? 100 : 0)
                - 4.0 * Math.abs(2.0 * before / characters - 1);
        if (worth > best) {
          best = worth;
          breakBefore = w;
        }
      }
    }
    return new Cue(start, end, List.copyOf(words), breakBefore);
  }

  /** Readers of subtitles want every cue to last and none to overlap the next. */
  private static List<Cue> separate(List<Cue> cues) {
    List<Cue> out = new ArrayList<>();
    for (int c = 0; c < cues.size(); c++) {
      Cue cue = cues.get(c);
      double limit = c + 1 < cues.size() ? cues.get(c + 1).startSeconds() : Double.MAX_VALUE;
      double end = Math.min(limit, Math.max(cue.endSeconds(), cue.startSeconds() + 0.1));
      out.add(
          new Cue(
              cue.startSeconds(),
              Math.max(cue.startSeconds(), end),
              cue.words(),
              cue.breakBefore()));
    }
    return out;
  }
}

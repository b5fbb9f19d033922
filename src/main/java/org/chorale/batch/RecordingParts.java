package org.chorale.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/** The words of one recording among several that were aligned as one. */
final class RecordingParts {

  private RecordingParts() {}

  /**
   * The words that begin in a stretch, with times of their own recording. Offsets stay those of the
   * whole text.
   *
   * @param audio what the recording is called
   * @param start where it begins in the whole, seconds
   * @param end where it ends
   * @param seconds its length
   */
  static Alignment between(
      Alignment whole, String audio, double start, double end, double seconds) {
    List<AlignedWord> words = new ArrayList<>();
    boolean inside = start == 0;
    int line = -1;
    int lastLine = -1;
    for (AlignedWord word : whole.words()) {
      if (word.isTimed()) { // a word without times goes where its predecessor went
        inside = word.startSeconds() >= start && word.startSeconds() < end;
      }
      if (inside) {
        line += word.line() == lastLine ? 0 : 1;
        lastLine = word.line();
        words.add(shifted(word, line, start, seconds));
      }
    }
    return new Alignment(
        new Alignment.Audio(audio, seconds, whole.audio().sampleRate(), whole.audio().channels()),
        whole.language(),
        whole.mode(),
        whole.model(),
        whole.confidence(),
        whole.verdict(),
        lines(words),
        words);
  }

  private static AlignedWord shifted(AlignedWord word, int line, double start, double seconds) {
    double from = Math.min(word.startSeconds() - start, seconds);
    return new AlignedWord(
        word.text(),
        word.charStart(),
        word.charEnd(),
        line,
        word.status(),
        from,
        Math.max(from, Math.min(word.endSeconds() - start, seconds)),
        word.confidence(),
        word.phones().stream()
            .map(
                p ->
                    new AlignedPhone(
                        p.phone(),
                        p.startSeconds() - start,
                        p.endSeconds() - start,
                        p.confidence()))
            .toList());
  }

  private static List<AlignedLine> lines(List<AlignedWord> words) {
    List<AlignedLine> lines = new ArrayList<>();
    int first = 0;
    while (first < words.size()) {
      int line = words.get(first).line();
      int end = first;
      while (end < words.size() && words.get(end).line() == line) {
        end++;
      }
      List<AlignedWord> own = words.subList(first, end);
      List<AlignedWord> timed = own.stream().filter(AlignedWord::isTimed).toList();
      lines.add(
          new AlignedLine(
              own.stream().map(AlignedWord::text).collect(Collectors.joining(" ")),
              first,
              own.size(),
              timed.isEmpty() ? Double.NaN : timed.get(0).startSeconds(),
              timed.isEmpty() ? Double.NaN : timed.get(timed.size() - 1).endSeconds(),
              own.stream().mapToDouble(AlignedWord::confidence).average().orElse(0)));
      first = end;
    }
    return lines;
  }
}

package org.chorale.service;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;
import org.chorale.text.Document;
import org.chorale.text.Line;
import org.chorale.text.Word;

/** Gives every word a second, whatever the recording. */
class SilentEngine implements AlignmentEngine {

  @Override
  public Alignment align(
      Recording recording, Document document, AlignmentMode mode, LongConsumer progress) {
    return new Alignment(
        new Alignment.Audio(recording.name(), document.words().size(), 16_000, 1),
        document.language(),
        "speech",
        "none",
        1,
        Verdict.OK,
        lines(document),
        words(document));
  }

  private static List<AlignedWord> words(Document document) {
    List<AlignedWord> words = new ArrayList<>();
    for (Word word : document.words()) {
      double start = words.size();
      words.add(
          new AlignedWord(
              word.text(),
              word.charStart(),
              word.charEnd(),
              word.line(),
              WordStatus.ALIGNED,
              start,
              start + 0.9,
              1,
              List.of()));
    }
    return words;
  }

  private static List<AlignedLine> lines(Document document) {
    List<AlignedLine> lines = new ArrayList<>();
    for (Line line : document.lines()) {
      lines.add(
          new AlignedLine(
              line.text(),
              line.firstWord(),
              line.wordCount(),
              line.firstWord(),
              line.firstWord() + line.wordCount(),
              1));
    }
    return lines;
  }

  @Override
  public Song song(Alignment alignment, TimedFormat format, Recording recording) {
    return Song.of(alignment);
  }
}

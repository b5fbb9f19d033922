package org.chorale.batch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.audio.AudioSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.engine.RecordingAligners;
import org.chorale.text.Document;
import org.chorale.text.Word;

/** Spreads words evenly; does what the first word of a text asks for. */
final class FakeAligner implements Aligner {

  final AtomicInteger calls = new AtomicInteger();
  final Set<String> modes = ConcurrentHashMap.newKeySet();
  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger mostRunning = new AtomicInteger();
  private final AtomicInteger flaky = new AtomicInteger();
  private int eventAfter;
  private Event event = () -> {};

  /** Something that happens while items are aligned. */
  interface Event {
    void happen() throws Exception;
  }

  /** Has something happen in the call of this number; before the first. */
  void afterCalls(int number, Event what) {
    eventAfter = number;
    event = what;
  }

  @Override
  public int channels(String mode) {
    return 1;
  }

  @Override
  public boolean canRead(String mode, Document document) {
    return true;
  }

  /** What is loud at once is a song to it. */
  @Override
  public AlignmentMode heard(RecordingAligners.Opener recording) throws IOException {
    float[] block = new float[2_000];
    try (AudioSource source = recording.open(2)) {
      int count = source.read(block, 0, block.length);
      for (int i = 0; i < count; i++) {
        if (Math.abs(block[i]) > 0.1) {
          return AlignmentMode.LYRICS;
        }
      }
    }
    return AlignmentMode.SPEECH;
  }

  @Override
  public Alignment align(String mode, AudioSource source, Document document) throws IOException {
    if (calls.incrementAndGet() == eventAfter) {
      try {
        event.happen();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    modes.add(mode);
    mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      return alignNow(source, document);
    } finally {
      running.decrementAndGet();
    }
  }

  private Alignment alignNow(AudioSource source, Document document) throws IOException {
    String order = document.words().get(0).text();
    if (order.equals("hang")) {
      try {
        Thread.sleep(600_000);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
    if (order.equals("crash")) {
      throw new IllegalStateException("The search broke.");
    }
    if (order.equals("flaky") && flaky.incrementAndGet() < 3) {
      throw new IOException("The disk was away.");
    }
    float[] block = new float[16_000];
    long samples = 0;
    int count;
    while ((count = source.read(block, 0, block.length)) >= 0) {
      samples += count;
    }
    double seconds = samples / 16_000.0;
    Verdict verdict =
        order.equals("wrong")
            ? Verdict.MISMATCH
            : order.equals("doubt") ? Verdict.DOUBTFUL : Verdict.OK;
    List<AlignedWord> words = new ArrayList<>();
    int n = document.words().size();
    for (int w = 0; w < n; w++) {
      Word word = document.words().get(w);
      words.add(
          new AlignedWord(
              word.text(),
              word.charStart(),
              word.charEnd(),
              word.line(),
              WordStatus.ALIGNED,
              seconds * w / n,
              seconds * (w + 1) / n,
              0.9,
              List.of()));
    }
    List<AlignedLine> lines =
        document.lines().stream()
            .map(
                l ->
                    new AlignedLine(
                        l.text(),
                        l.firstWord(),
                        l.wordCount(),
                        words.get(l.firstWord()).startSeconds(),
                        words.get(l.firstWord() + l.wordCount() - 1).endSeconds(),
                        0.9))
            .toList();
    return new Alignment(
        new Alignment.Audio(source.info().path(), seconds, 16_000, 1),
        document.language(),
        "speech",
        "fake",
        0.9,
        verdict,
        lines,
        words);
  }
}

package org.chorale.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.chorale.align.DurationModel;
import org.chorale.align.PhoneClasses;
import org.chorale.align.Reading;
import org.chorale.align.SearchSettings;
import org.chorale.align.TransitionBias;
import org.chorale.follow.OnlineEvent.Cursor;
import org.chorale.follow.OnlineEvent.Final;
import org.chorale.text.Document;
import org.chorale.text.Line;
import org.chorale.text.Word;
import org.junit.jupiter.api.Test;

/** The search itself, on posteriors made by hand. */
class OnlineAlignerTest {

  private static final int CLASSES = 40;
  private static final int LINE_WORDS = 8;
  private static final int LAG = 60;
  private static final OnlineSettings SETTINGS =
      new OnlineSettings(
          new SearchSettings(0, 40, 4, 20, 3, 30, 0.3f, 0, 4000),
          30,
          2,
          8,
          120,
          6,
          LAG,
          new OnlineSettings.WordConfidence(0, 1, 1));

  /** A text of random words, eight a line, and how they are pronounced. */
  private record Script(Document document, List<int[]> phones) {

    static Script random(Random random, int lines) {
      return random(random, lines, 3);
    }

    /** Words of at least so many phones. */
    static Script random(Random random, int lines, int least) {
      List<int[]> phones = new ArrayList<>();
      List<Word> words = new ArrayList<>();
      List<Line> written = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int l = 0; l < lines; l++) {
        int from = text.length();
        for (int w = 0; w < LINE_WORDS; w++) {
          phones.add(word(random, phones, least));
          String word = "w" + words.size();
          words.add(
              new Word(
                  word, text.length(), text.length() + word.length(), l, List.of(List.of(word))));
          text.append(word).append(w == LINE_WORDS - 1 ? "\n" : " ");
        }
        written.add(
            new Line(
                text.substring(from, text.length() - 1),
                from,
                text.length() - 1,
                l * LINE_WORDS,
                LINE_WORDS));
      }
      return new Script(new Document(text.toString(), "en", written, words), phones);
    }

    /** No phone twice in a row: nobody could say where the second one begins. */
    private static int[] word(Random random, List<int[]> before, int least) {
      int[] word = new int[least + random.nextInt(4)];
      int last =
          before.isEmpty()
              ? 0
              : before.get(before.size() - 1)[before.get(before.size() - 1).length - 1];
      for (int p = 0; p < word.length; p++) {
        do {
          word[p] = 1 + random.nextInt(CLASSES - 1);
        } while (word[p] == last);
        last = word[p];
      }
      return word;
    }

    OnlineAligner aligner() {
      List<List<Reading>> readings =
          phones.stream().map(p -> List.of(new Reading(List.of(List.of(p))))).toList();
      List<String> symbols = IntStream.range(0, CLASSES).mapToObj(c -> "p" + c).toList();
      PhoneClasses classes =
          new PhoneClasses(
              symbols,
              0,
              new float[CLASSES],
              0.01,
              TransitionBias.none(CLASSES),
              DurationModel.none(CLASSES));
      return new OnlineAligner(document, readings, classes, SETTINGS);
    }
  }

  /** What is spoken, with the frame where every word begins. */
  private static final class Speech {
    private final Random random;
    private final List<float[]> rows = new ArrayList<>();
    private final List<Integer> words = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();

    Speech(Random random) {
      this.random = random;
      silence(20);
    }

    Speech say(Script script, int from, int to) {
      for (int w = from; w < to; w++) {
        words.add(w);
        starts.add(rows.size());
        for (int phone : script.phones().get(w)) {
          emit(phone, 5 + random.nextInt(5));
        }
        if (random.nextInt(4) == 0) {
          silence(8 + random.nextInt(20));
        }
      }
      return this;
    }

    Speech other(int phones) {
      for (int p = 0; p < phones; p++) {
        emit(1 + random.nextInt(CLASSES - 1), 5 + random.nextInt(5));
      }
      return this;
    }

    Speech silence(int frames) {
      emit(0, frames);
      return this;
    }

    private void emit(int phone, int frames) {
      for (int f = 0; f < frames; f++) {
        float[] row = new float[CLASSES];
        for (int c = 0; c < CLASSES; c++) {
          row[c] = -5 - 2 * random.nextFloat();
        }
        row[phone] = -0.3f;
        rows.add(row);
      }
    }

    float[] frames(int from, int to) {
      float[] out = new float[(to - from) * CLASSES];
      for (int f = from; f < to; f++) {
        System.arraycopy(rows.get(f), 0, out, (f - from) * CLASSES, CLASSES);
      }
      return out;
    }
  }

  /** Events with the number of frames that had come in. */
  private record Told(int frame, OnlineEvent event) {}

  private static List<Told> follow(OnlineAligner aligner, Speech speech, Random chunks) {
    List<Told> out = new ArrayList<>();
    int at = 0;
    while (at < speech.rows.size()) {
      int to = Math.min(speech.rows.size(), at + 1 + chunks.nextInt(40));
      for (OnlineEvent event : aligner.accept(speech.frames(at, to), to - at)) {
        out.add(new Told(to, event));
      }
      at = to;
    }
    aligner.settle().forEach(e -> out.add(new Told(speech.rows.size(), e)));
    return out;
  }

  private static List<Final> finals(List<Told> told) {
    return told.stream()
        .filter(t -> t.event() instanceof Final)
        .map(t -> (Final) t.event())
        .toList();
  }

  @Property(tries = 20, seed = "7")
  void everyWordIsFinalOnceInOrderAndInItsPlace(@ForAll @IntRange(max = 10_000) int seed) {
    Random random = new Random(seed);
    Script script = Script.random(random, 6);
    Speech speech = new Speech(random).say(script, 0, 48).silence(30);
    List<Final> words = finals(follow(script.aligner(), speech, random));
    assertThat(words).extracting(Final::word).containsExactlyElementsOf(speech.words);
    double before = 0;
    for (int k = 0; k < words.size(); k++) {
      assertThat(words.get(k).startSeconds())
          .isCloseTo(speech.starts.get(k) * 0.01, within(0.021))
          .isGreaterThanOrEqualTo(before);
      before = words.get(k).endSeconds();
    }
  }

  @Property(tries = 10, seed = "7")
  void anyChunkingGivesTheSameWords(@ForAll @IntRange(max = 10_000) int seed) {
    Random random = new Random(seed);
    Script script = Script.random(random, 6);
    Speech speech =
        new Speech(random).say(script, 0, 16).other(20).say(script, 24, 48).say(script, 8, 16);
    List<Final> one = finals(follow(script.aligner(), speech, new Random(seed + 1)));
    List<Final> other = finals(follow(script.aligner(), speech, new Random(seed + 2)));
    assertThat(one).isEqualTo(other).isNotEmpty();
  }

  @Property(tries = 10, seed = "7")
  void noWordWaitsLongerThanTheLag(@ForAll @IntRange(max = 10_000) int seed) {
    Random random = new Random(seed);
    Script script = Script.random(random, 4);
    Speech speech = new Speech(random).say(script, 0, 32).silence(100);
    OnlineAligner aligner = script.aligner();
    int told = 0;
    for (int f = 0; f < speech.rows.size(); f++) {
      for (OnlineEvent event : aligner.accept(speech.frames(f, f + 1), 1)) {
        if (event instanceof Final word) {
          told++;
          assertThat(f - word.endSeconds() * 100).isLessThanOrEqualTo(LAG + 1);
        }
      }
    }
    assertThat(told).isEqualTo(32);
  }

  @Property(tries = 10, seed = "7")
  void skippedLinesAreNotToldAndTheNextWordsAre(@ForAll @IntRange(max = 10_000) int seed) {
    Random random = new Random(seed);
    Script script = Script.random(random, 10);
    Speech speech = new Speech(random).say(script, 0, 16).say(script, 40, 64).silence(30);
    List<Told> told = follow(script.aligner(), speech, new Random(seed));
    List<Integer> words = finals(told).stream().map(Final::word).toList();
    // Until it is clear that there was a jump a word may be taken for another, no more.
    assertThat(words)
        .containsAll(speech.words.subList(0, 16))
        .containsAll(speech.words.subList(18, 40))
        .hasSizeBetween(38, 41);
    int jumped = speech.starts.get(16);
    int found =
        told.stream()
            .filter(t -> t.event().word() >= 40)
            .mapToInt(Told::frame)
            .findFirst()
            .orElseThrow();
    assertThat(found - jumped).isLessThanOrEqualTo(200);
  }

  @Test
  void aRepeatedLineIsFollowedAndToldOnce() {
    Random random = new Random(1);
    Script script = Script.random(random, 6);
    Speech speech =
        new Speech(random).say(script, 0, 24).say(script, 8, 16).say(script, 16, 32).silence(30);
    List<Told> told = follow(script.aligner(), speech, new Random(1));
    assertThat(finals(told))
        .extracting(Final::word)
        .containsExactlyElementsOf(IntStream.range(0, 32).boxed().toList());
    int repeated = speech.starts.get(24);
    assertThat(told)
        .filteredOn(t -> t.frame() > repeated + 60 && t.event() instanceof Cursor)
        .extracting(t -> t.event().word())
        .contains(12, 15, 20);
  }

  @Property(tries = 10, seed = "7")
  void speechThatIsNotInTheTextDoesNotDragTheCursor(@ForAll @IntRange(max = 10_000) int seed) {
    Random random = new Random(seed);
    Script script = Script.random(random, 6, 7);
    Speech speech = new Speech(random).say(script, 0, 16);
    int from = speech.rows.size();
    speech.other(60);
    int to = speech.rows.size();
    speech.say(script, 16, 48).silence(30);
    List<Told> told = follow(script.aligner(), speech, new Random(seed));
    // A line is enough to find the way back.
    assertThat(finals(told))
        .extracting(Final::word)
        .isSubsetOf(speech.words)
        .containsAll(speech.words.subList(0, 16))
        .containsAll(speech.words.subList(24, 48));
    assertThat(told)
        .filteredOn(t -> t.frame() > from + LAG && t.frame() <= to)
        .allSatisfy(t -> assertThat(t.event().word()).isBetween(14, 24));
  }

  @Test
  void seekGoesOnAtAWordInTheMiddleOfALine() {
    Random random = new Random(2);
    Script script = Script.random(random, 6);
    OnlineAligner aligner = script.aligner();
    Speech first = new Speech(random).say(script, 0, 4);
    Speech second = new Speech(random).say(script, 29, 40).silence(30);
    List<Told> told = new ArrayList<>(follow(aligner, first, new Random(2)));
    aligner.seek(29).forEach(e -> told.add(new Told(0, e)));
    told.addAll(follow(aligner, second, new Random(2)));
    List<Integer> spoken = new ArrayList<>(first.words);
    spoken.addAll(second.words);
    assertThat(finals(told)).extracting(Final::word).containsExactlyElementsOf(spoken);
  }
}

package org.chorale.lyrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.chorale.acoustic.PhoneContexts;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.Reading;
import org.chorale.align.Trellis;
import org.chorale.text.Document;
import org.chorale.text.Line;

/**
 * The trellis of a song: between lines there may be anything - silence, instruments, singing that
 * is not in the text -, inside a line only short pauses, at a price; lines may be left out at a
 * price, words in parentheses cheaply; repetitions that the text only hints at may be sung or not.
 * Every phone is a chain of nodes, which it leaves early at a price. Nodes carry the index of their
 * word, or {@link #PAUSE} or {@link #STAR}, or that of the word that hints at the repetition.
 */
final class SongTrellis {

  /** Phones of a word after which a pause is nothing special. */
  private static final int WHOLE_WORD_PHONES = 4;

  /** {@link Trellis#wordOf} of a pause. */
  static final int PAUSE = -2;

  /** {@link Trellis#wordOf} of singing that is not in the text. */
  static final int STAR = -3;

  /**
   * The trellis of a song and where its phones begin.
   *
   * @param phoneStarts nodes that are the first of a phone
   */
  record Graph(Trellis trellis, BitSet phoneStarts) {}

  private final Trellis.Builder builder = new Trellis.Builder();
  private final BitSet phoneStarts = new BitSet();
  private final Document document;
  private final PhoneContexts contexts;
  private final SongClasses classes;
  private final PhoneSet phones;
  private final SongSettings settings;
  private final List<List<Reading>> readings;
  private final boolean[] backing;

  private SongTrellis(
      Document document,
      List<List<Reading>> readings,
      PhoneContexts contexts,
      PhoneSet phones,
      SongSettings settings) {
    this.document = document;
    this.readings = readings;
    this.contexts = contexts;
    this.classes = new SongClasses(contexts);
    this.phones = phones;
    this.settings = settings;
    this.backing = backing(document);
  }

  /**
   * The trellis of a song.
   *
   * @param contexts gets the phones-in-context of the text
   */
  static Graph of(
      Document document,
      SongPlan plan,
      List<List<Reading>> readings,
      PhoneContexts contexts,
      PhoneSet phones,
      SongSettings settings) {
    // Some classes stand behind the contexts, whose number the words must give first.
    new SongTrellis(document, readings, contexts, phones, settings).build(plan);
    return new SongTrellis(document, readings, contexts, phones, settings).build(plan);
  }

  /** Which words stand in parentheses and are spoken. */
  static boolean[] backing(Document document) {
    boolean[] backing = new boolean[document.words().size()];
    for (Line line : document.lines()) {
      int depth = 0;
      for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
        String text = document.words().get(w).text();
        int opened = (int) text.chars().filter(c -> c == '(').count();
        depth += opened;
        backing[w] = depth > 0;
        depth -= Math.min(depth, (int) text.chars().filter(c -> c == ')').count());
      }
    }
    return backing;
  }

  private Graph build(SongPlan plan) {
    int entry = gap(builder.junction());
    int before = -1; // the junction before a repetition
    for (SongPlan.Step step : plan.steps()) {
      if (step.first()) {
        before = entry;
      }
      Line line = document.lines().get(step.line());
      int exit = line(entry, line, step.hint());
      if (!step.isRepetition() && exit != entry) { // a line nothing of which can be read is none
        builder.arc(entry, exit, settings.skipLineCost());
      }
      entry = gap(exit);
      if (step.last()) {
        int after = builder.junction();
        builder.arc(entry, after, settings.repeatCost());
        builder.arc(before, after, 0);
        entry = after;
      }
    }
    return new Graph(builder.build(), phoneStarts);
  }

  private int gap(int before) {
    int pause = builder.emit(0, PAUSE);
    int other = builder.emit(classes.star(), STAR);
    int after = builder.junction();
    builder.arc(before, pause, 0);
    builder.arc(before, other, settings.starEntryCost());
    builder.arc(pause, other, settings.starEntryCost());
    builder.arc(other, pause, 0);
    builder.arc(before, after, 0);
    builder.arc(pause, after, 0);
    builder.arc(other, after, 0);
    return after;
  }

  private int line(int entry, Line line, int hint) {
    List<Integer> words = new ArrayList<>();
    for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
      if (!readings.get(w).isEmpty()) {
        words.add(w);
      }
    }
    int at = entry;
    for (int k = 0; k < words.size(); k++) {
      int w = words.get(k);
      if (k > 0) {
        at = wordGap(at, words.get(k - 1), w);
      }
      int before = k == 0 ? contexts.silence() : lastPhone(words.get(k - 1));
      boolean last = k + 1 == words.size();
      int next = last ? contexts.silence() : firstPhone(words.get(k + 1));
      int exit = word(at, w, before, next, hint >= 0 ? hint : w, last);
      builder.arc(at, exit, backing[w] ? settings.backingCost() : settings.skipWordCost());
      at = exit;
    }
    return at;
  }

  /** Between two words of a line; vocalises stand by themselves. */
  private int wordGap(int at, int before, int next) {
    boolean spaced = isVocalise(before) && isVocalise(next);
    int pause = builder.emit(spaced ? 0 : classes.linePause(), PAUSE);
    int after = builder.junction();
    builder.arc(at, pause, spaced ? 0 : pauseCost(before));
    builder.arc(
        at, after, spaced && phones.isVowel(firstPhone(next)) ? settings.vocaliseLinkCost() : 0);
    builder.arc(pause, after, 0);
    return after;
  }

  private boolean isVocalise(int word) {
    return Vocalises.isVocalise(document.words().get(word).text());
  }

  private float pauseCost(int wordBefore) {
    int phones =
        readings.get(wordBefore).stream()
            .mapToInt(r -> r.spokenWords().stream().mapToInt(v -> v.get(0).length).sum())
            .min()
            .orElse(WHOLE_WORD_PHONES);
    return settings.wordPauseCost()
        + settings.briefWordCost() * Math.max(0, WHOLE_WORD_PHONES - phones);
  }

  private int word(int entry, int w, int before, int next, int mark, boolean endsLine) {
    boolean vocalise = isVocalise(w);
    List<Integer> ends = new ArrayList<>();
    for (Reading reading : readings.get(w)) {
      int from = entry;
      List<List<int[]>> spoken = reading.spokenWords();
      for (int k = 0; k < spoken.size(); k++) {
        int left = k == 0 ? before : last(spoken.get(k - 1).get(0));
        int right = k + 1 == spoken.size() ? next : spoken.get(k + 1).get(0)[0];
        List<Integer> variants = new ArrayList<>();
        for (int[] variant : spoken.get(k)) {
          int node = from;
          // Without a consonant nothing tells one "ooh" from the next but how long it is.
          boolean open = vocalise && Arrays.stream(variant).allMatch(phones::isVowel);
          int held = endsLine && k + 1 == spoken.size() ? lastSyllable(variant) : -1;
          for (int p = 0; p < variant.length; p++) {
            int number =
                contexts.number(
                    p == 0 ? left : variant[p - 1],
                    variant[p],
                    p + 1 == variant.length ? right : variant[p + 1]);
            int frames = phones.isVowel(variant[p]) ? vowelFrames(open) : consonantFrames();
            boolean free = held >= 0 && p >= held && phones.isVowel(variant[p]);
            int plain = free ? classes.held(number) : number;
            node = phone(node, open ? classes.anyVowel(number) : plain, frames, mark);
          }
          variants.add(node);
        }
        from = builder.junction();
        for (int node : variants) {
          builder.arc(node, from, 0);
        }
      }
      ends.add(from);
    }
    int exit = builder.junction();
    for (int end : ends) {
      builder.arc(end, exit, 0);
    }
    return exit;
  }

  /** A chain of nodes for one phone; how long it is, at the least, unless it pays. */
  private int phone(int entry, int classIndex, int frames, int mark) {
    int least = settings.durations().leastFrames();
    int[] chain = new int[Math.max(least, frames)];
    int node = entry;
    for (int f = 0; f < chain.length; f++) {
      chain[f] = builder.emit(classIndex, mark);
      builder.arc(node, chain[f], 0);
      node = chain[f];
    }
    phoneStarts.set(chain[0]);
    if (chain.length == least) {
      return node;
    }
    int exit = builder.junction();
    for (int f = least - 1; f < chain.length; f++) {
      builder.arc(chain[f], exit, settings.durations().briefFrameCost() * (chain.length - 1 - f));
    }
    return exit;
  }

  private int vowelFrames(boolean open) {
    return open ? settings.durations().vocaliseFrames() : settings.durations().vowelFrames();
  }

  private int consonantFrames() {
    return settings.durations().consonantFrames();
  }

  /** Where the vowels of the last syllable begin, a diphthong of two phones; -1 without a vowel. */
  private int lastSyllable(int[] variant) {
    int p = variant.length - 1;
    while (p >= 0 && !phones.isVowel(variant[p])) {
      p--;
    }
    return p > 0 && phones.isVowel(variant[p - 1]) ? p - 1 : p;
  }

  private int firstPhone(int word) {
    return readings.get(word).get(0).spokenWords().get(0).get(0)[0];
  }

  private int lastPhone(int word) {
    List<List<int[]>> spoken = readings.get(word).get(0).spokenWords();
    return last(spoken.get(spoken.size() - 1).get(0));
  }

  private static int last(int[] phones) {
    return phones[phones.length - 1];
  }
}

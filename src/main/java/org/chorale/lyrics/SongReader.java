package org.chorale.lyrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.chorale.acoustic.PhoneContexts;
import org.chorale.acoustic.PhoneSet;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Confidence;
import org.chorale.align.Gaps;
import org.chorale.align.Trellis;
import org.chorale.align.WordStatus;
import org.chorale.text.Document;
import org.chorale.text.Line;
import org.chorale.text.Word;

/** Reads words, phones and evidence off the best path through a song. Used once, by one thread. */
final class SongReader {

  /** Lines whose mean evidence is lower than this are placed, not heard; nats. */
  private static final double POOR_EVIDENCE = -7;

  /** A poor line that has less time than this share of what its phones usually take is crammed. */
  private static final double CRAMMED = 0.5;

  /** Consonants before a vowel that last longer were not found where they are. */
  private static final double MOST_CONSONANT_SECONDS = 0.3;

  /** A voice fades in for so many frames at the most. */
  private static final int FADE_IN_FRAMES = 300;

  /** Posterior from which a frame is taken for one with a voice. */
  private static final double VOICE = 0.6;

  /** Share of a frame in the running mean of voicing. */
  private static final double VOICE_SMOOTHING = 0.1;

  private final Trellis trellis;
  private final BitSet phoneStarts;
  private final SongClasses classes;
  private final int[] path;
  private final SongScores scores;
  private final float[] evidence;
  private final PhoneContexts contexts;
  private final PhoneSet phones;
  private final Confidence confidence;
  private final double frameSeconds;
  private final double durationSeconds;
  private final SongSettings.Onset onset;
  private final SongSettings.Durations durations;
  private double evidenceSum;
  private int phoneCount;

  SongReader(
      SongTrellis.Graph graph,
      int[] path,
      SongScores scores,
      PhoneContexts contexts,
      PhoneSet phones,
      Confidence confidence,
      double frameSeconds,
      double durationSeconds,
      SongSettings settings) {
    this.trellis = graph.trellis();
    this.phoneStarts = graph.phoneStarts();
    this.classes = new SongClasses(contexts);
    this.path = path;
    this.contexts = contexts;
    this.phones = phones;
    this.confidence = confidence;
    this.frameSeconds = frameSeconds;
    this.durationSeconds = durationSeconds;
    this.onset = settings.onset();
    this.durations = settings.durations();
    this.scores = scores;
    this.evidence = scores.evidence(Arrays.stream(path).map(trellis::classOf).toArray());
  }

  private record Placed(
      double startSeconds, double endSeconds, List<AlignedPhone> phones, double evidence) {}

  /** Every word of the document. */
  List<AlignedWord> words(Document document, boolean[] optional) {
    int count = document.words().size();
    Placed[] placed = new Placed[count];
    int t = 0;
    while (t < path.length) {
      int word = trellis.wordOf(path[t]);
      int end = t + 1;
      while (end < path.length && trellis.wordOf(path[end]) == word) {
        end++;
      }
      if (word >= 0) {
        boolean open = startsOpen(document.words().get(word).text(), t);
        placed[word] = joined(placed[word], place(t, end, open ? whereVoiceBegins(t) : t));
      }
      t = end;
    }
    int[] spoken =
        IntStream.range(0, count).filter(w -> document.words().get(w).isSpoken()).toArray();
    double[] confidences =
        confidence.ofWords(
            IntStream.of(spoken)
                .mapToDouble(w -> placed[w] == null ? Double.NaN : placed[w].evidence())
                .toArray());
    AlignedWord[] out = new AlignedWord[count];
    for (int k = 0; k < spoken.length; k++) {
      Word written = document.words().get(spoken[k]);
      Placed place = placed[spoken[k]];
      if (place != null
          && optional[spoken[k]]
          && place.evidence() < confidence.words().midpoint()) {
        place = null; // squeezed in, but more likely not heard
      }
      if (place == null) {
        out[spoken[k]] = optional[spoken[k]] ? null : Gaps.missing(written);
      } else {
        out[spoken[k]] = word(written, place, WordStatus.ALIGNED, confidences[k]);
        evidenceSum += place.evidence() * place.phones().size();
        phoneCount += place.phones().size();
      }
    }
    for (int w = 0; w < count; w++) {
      if (!document.words().get(w).isSpoken() && placed[w] != null) { // what a hint stands for
        out[w] = word(document.words().get(w), placed[w], WordStatus.INTERPOLATED, 1);
      }
    }
    markPoorLines(document, placed, out);
    setOnBeat(out);
    Gaps.fill(document, out, durationSeconds);
    return ordered(out);
  }

  private static AlignedWord word(
      Word written, Placed place, WordStatus status, double confidence) {
    return new AlignedWord(
        written.text(),
        written.charStart(),
        written.charEnd(),
        written.line(),
        status,
        place.startSeconds(),
        place.endSeconds(),
        confidence,
        status == WordStatus.ALIGNED ? place.phones() : List.of());
  }

  private static Placed joined(Placed before, Placed more) {
    if (before == null) {
      return more;
    }
    List<AlignedPhone> phones = new ArrayList<>(before.phones());
    phones.addAll(more.phones());
    return new Placed(
        before.startSeconds(),
        more.endSeconds(),
        phones,
        (before.evidence() + more.evidence()) / 2);
  }

  /** Whether a vocalise begins here with a vowel, behind a pause. */
  private boolean startsOpen(String word, int t) {
    return t > 0
        && trellis.wordOf(path[t - 1]) < 0
        && Vocalises.isVocalise(word)
        && phones.isVowel(contexts.phone(classes.context(trellis.classOf(path[t]))));
  }

  /**
   * A vocalise may fade in, with a sound that is nobody's vowel yet: it begins where the voice
   * does.
   *
   * @return the first of the frames up to here that surely have a voice
   */
  private int whereVoiceBegins(int t) {
    int from = t;
    double voiced = 1;
    for (int f = t - 1; f >= 0 && trellis.wordOf(path[f]) < 0 && t - f <= FADE_IN_FRAMES; f--) {
      voiced += VOICE_SMOOTHING * (scores.voice(f) - voiced);
      if (voiced < VOICE) {
        break;
      }
      from = scores.voice(f) > VOICE ? f : from;
    }
    return from;
  }

  /**
   * A word.
   *
   * @param sounds where its sound begins, at {@code from} or before
   */
  private Placed place(int from, int to, int sounds) {
    List<AlignedPhone> sung = new ArrayList<>();
    double sum = 0;
    int t = from;
    while (t < to) {
      int end = t + 1;
      double frames = evidence[t];
      while (end < to && !beginsPhone(end)) {
        frames += evidence[end];
        end++;
      }
      int phone = contexts.phone(classes.context(trellis.classOf(path[t])));
      double phoneEvidence = Confidence.phoneEvidence(frames, end - t, usualFrames(phone));
      sum += phoneEvidence;
      sung.add(
          new AlignedPhone(
              phones.symbols().get(phone),
              seconds(t == from ? sounds : t),
              seconds(end),
              confidence.ofEvidence(phoneEvidence)));
      t = end;
    }
    return new Placed(seconds(sounds), seconds(to), sung, sum / sung.size());
  }

  private int usualFrames(int phone) {
    return phones.isVowel(phone) ? durations.vowelFrames() : durations.consonantFrames();
  }

  private boolean beginsPhone(int frame) {
    return path[frame] != path[frame - 1] && phoneStarts.get(path[frame]);
  }

  private double seconds(int frame) {
    return Math.min(durationSeconds, frame * frameSeconds);
  }

  /**
   * A line of poor evidence says that it was only placed; one that the search crammed between its
   * neighbours is spread over the time that its phones usually take, as far as there is room.
   */
  private void markPoorLines(Document document, Placed[] placed, AlignedWord[] out) {
    double usual = secondsPerPhone(placed);
    double floor = 0;
    for (int l = 0; l < document.lines().size(); l++) {
      Line line = document.lines().get(l);
      int end = line.firstWord() + line.wordCount();
      int[] words =
          IntStream.range(line.firstWord(), end)
              .filter(w -> out[w] != null && out[w].status() == WordStatus.ALIGNED)
              .toArray();
      if (words.length == 0) {
        continue;
      }
      double mean = IntStream.of(words).mapToDouble(w -> placed[w].evidence()).average().orElse(0);
      double last = out[words[words.length - 1]].endSeconds();
      if (mean < POOR_EVIDENCE) {
        int phones = IntStream.of(words).map(w -> placed[w].phones().size()).sum();
        double first = out[words[0]].startSeconds();
        boolean crammed = last - first < CRAMMED * phones * usual;
        double from = crammed ? Math.max(floor, last - phones * usual) : first;
        double at = from;
        for (int w : words) {
          double share =
              crammed
                  ? (last - from) * placed[w].phones().size() / phones
                  : out[w].endSeconds() - out[w].startSeconds();
          double start = crammed ? at : out[w].startSeconds();
          Placed place = new Placed(start, start + share, List.of(), mean);
          out[w] =
              word(document.words().get(w), place, WordStatus.INTERPOLATED, out[w].confidence());
          at += share;
        }
      }
      floor = last;
    }
  }

  /**
   * Moves the beginnings of words from where their sound begins to where the ear puts them. A word
   * that reached up to the next one still does; the phones stay where they sound.
   */
  private void setOnBeat(AlignedWord[] words) {
    AlignedWord before = null;
    int at = -1;
    for (int w = 0; w < words.length; w++) {
      AlignedWord word = words[w];
      if (word == null || !word.isTimed()) {
        continue;
      }
      double start = word.phones().isEmpty() ? word.startSeconds() : onBeat(word);
      if (before != null) {
        start = Math.max(start, before.startSeconds());
        if (before.endSeconds() > start || before.endSeconds() >= word.startSeconds()) {
          words[at] = withTimes(before, before.startSeconds(), start);
        }
      }
      words[w] = withTimes(word, start, Math.max(start, word.endSeconds()));
      before = words[w];
      at = w;
    }
  }

  private double onBeat(AlignedWord word) {
    double consonants = 0;
    for (AlignedPhone phone : word.phones()) {
      if (phones.isVowel(phones.symbols().indexOf(phone.phone()))) {
        consonants = phone.startSeconds() - word.startSeconds();
        break;
      }
    }
    double later = onset.consonantShare() * Math.min(MOST_CONSONANT_SECONDS, consonants);
    double at = word.startSeconds() + later - onset.leadSeconds();
    return Math.max(0, Math.min(word.endSeconds(), at));
  }

  private static AlignedWord withTimes(AlignedWord word, double start, double end) {
    return new AlignedWord(
        word.text(),
        word.charStart(),
        word.charEnd(),
        word.line(),
        word.status(),
        start,
        end,
        word.confidence(),
        word.phones());
  }

  private static double secondsPerPhone(Placed[] placed) {
    double[] each =
        Arrays.stream(placed)
            .filter(p -> p != null)
            .mapToDouble(p -> (p.endSeconds() - p.startSeconds()) / p.phones().size())
            .sorted()
            .toArray();
    return each.length == 0 ? 0 : each[each.length / 2];
  }

  /** Starts never decrease, whatever a hint stands for. */
  private static List<AlignedWord> ordered(AlignedWord[] words) {
    double floor = 0;
    for (int w = 0; w < words.length; w++) {
      AlignedWord word = words[w];
      if (!word.isTimed()) {
        continue;
      }
      if (word.startSeconds() < floor) {
        words[w] = withTimes(word, floor, Math.max(floor, word.endSeconds()));
      }
      floor = words[w].startSeconds();
    }
    return Arrays.asList(words);
  }

  /** Confidence of the whole and verdict on it; asked after {@link #words}. */
  Confidence.OfText overall(List<AlignedWord> words, Document document) {
    return confidence.ofText(evidenceSum, phoneCount, words, document);
  }
}

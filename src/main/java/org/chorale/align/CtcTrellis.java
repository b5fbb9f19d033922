package org.chorale.align;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds the trellis of a text for a CTC model. Between two tokens there may be blank; between two
 * equal tokens there must be, inside a word and from word to word, because a token that goes on is
 * one token. Between words there may be separators, blank and speech that is not in the text (the
 * star). Words are skipped at the prices of {@link TextTrellis}, whose marks the nodes carry:
 * {@link TextTrellis#SILENCE} for blank and separator between words, {@link TextTrellis#STAR}.
 */
final class CtcTrellis {

  private final Trellis.Builder builder = new Trellis.Builder();
  private final CtcClasses classes;
  private final int starClass;
  private final SearchSettings settings;

  private CtcTrellis(CtcClasses classes, int starClass, SearchSettings settings) {
    this.classes = classes;
    this.starClass = starClass;
    this.settings = settings;
  }

  /**
   * The trellis of a text.
   *
   * @param words per word its readings; none for a word that is not expected in the audio
   * @param starClass class of {@link CtcScores} for speech that is not in the text
   */
  static Trellis of(
      List<List<Reading>> words, CtcClasses classes, int starClass, SearchSettings settings) {
    return new CtcTrellis(classes, starClass, settings).build(words);
  }

  /** A node that emits, with what it emits. */
  private record Token(int node, int classIndex) {}

  private Trellis build(List<List<Reading>> words) {
    int begin = builder.junction();
    int entry = gap(begin); // reached only through blank, separator, star or skipped words
    builder.arc(begin, entry, 0);
    List<Token> before = List.of(); // last tokens of the word before, if it is spoken
    int exit = -1;
    int skipped = -1; // the junction behind the word before, when that was skipped
    for (int w = 0; w < words.size(); w++) {
      if (words.get(w).isEmpty()) {
        continue;
      }
      List<Token> ends = new ArrayList<>();
      for (Reading reading : words.get(w)) {
        ends.addAll(reading(entry, before, reading, w));
      }
      int skip = builder.junction();
      builder.arc(entry, skip, settings.skipEntryCost() + settings.skipWordCost());
      if (skipped >= 0) {
        builder.arc(skipped, skip, settings.skipWordCost());
      }
      exit = joined(ends);
      entry = gap(exit);
      builder.arc(skip, entry, 0);
      before = ends;
      skipped = skip;
    }
    int end = builder.junction();
    builder.arc(entry, end, 0);
    if (exit >= 0) {
      builder.arc(exit, end, 0);
    }
    return builder.build();
  }

  private int joined(List<Token> ends) {
    int junction = builder.junction();
    for (Token end : ends) {
      builder.arc(end.node(), junction, 0);
    }
    return junction;
  }

  /** At least one frame of blank, separator or star; returns the junction behind. */
  private int gap(int before) {
    List<Integer> nodes = pause(before, TextTrellis.SILENCE);
    int star = builder.emit(starClass, TextTrellis.STAR);
    builder.arc(before, star, settings.starEntryCost());
    int after = builder.junction();
    for (int node : nodes) {
      builder.arc(node, star, settings.starEntryCost());
      builder.arc(node, after, 0);
    }
    builder.arc(star, nodes.get(0), 0);
    builder.arc(star, after, 0);
    return after;
  }

  /** Nodes for blank and, where the model has them, separators with blank around; any will do. */
  private List<Integer> pause(int before, int mark) {
    int blank = builder.emit(classes.blank(), mark);
    builder.arc(before, blank, 0);
    if (classes.separator() < 0) {
      return List.of(blank);
    }
    int separator = builder.emit(classes.separator(), mark);
    builder.arc(before, separator, 0);
    builder.arc(blank, separator, 0);
    builder.arc(separator, blank, 0);
    return List.of(blank, separator);
  }

  /** A reading of a word; returns its last tokens. */
  private List<Token> reading(int entry, List<Token> before, Reading reading, int word) {
    int from = entry;
    List<Token> previous = before;
    for (int k = 0; k < reading.spokenWords().size(); k++) {
      if (k > 0) {
        List<Integer> nodes = pause(joined(previous), word);
        from = builder.junction();
        for (int node : nodes) {
          builder.arc(node, from, 0);
        }
      }
      List<Token> ends = new ArrayList<>();
      for (int[] spelling : reading.spokenWords().get(k)) {
        ends.add(spelling(from, previous, spelling, word));
      }
      previous = ends;
    }
    return previous;
  }

  private Token spelling(int from, List<Token> before, int[] tokens, int word) {
    Token last = null;
    for (int token : tokens) {
      Token next;
      if (last == null) {
        next = new Token(builder.emit(token, word), token);
        builder.arc(from, next.node(), 0);
        for (Token other : before) {
          follow(other, next);
        }
      } else {
        int blank = builder.emit(classes.blank(), word);
        builder.arc(last.node(), blank, 0);
        next = new Token(builder.emit(token, word), token);
        follow(last, next);
        builder.arc(blank, next.node(), 0);
      }
      last = next;
    }
    return last;
  }

  private void follow(Token left, Token right) {
    if (left.classIndex() != right.classIndex()) {
      builder.arc(left.node(), right.node(), 0);
    }
  }
}

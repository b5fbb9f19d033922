package org.chorale.follow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.chorale.align.Confidence;
import org.chorale.align.PhoneClasses;
import org.chorale.align.Reading;
import org.chorale.align.ScaledPosteriors;
import org.chorale.align.TextTrellis;
import org.chorale.align.Trellis;
import org.chorale.text.Document;

/**
 * Follows a text in a stream: a forward Viterbi search over silence, words, skipped words and
 * speech that is not in the text, as the offline aligner's, with one arc more: from the end of any
 * word, at a price, to the beginning of any line or sentence, so that the speaker may jump. A word
 * is settled when every path that has a say went through it, or when the best path left it longer
 * ago than the lag allows, and told if it is believed ({@link Teller}). Paths that did not go
 * through it live on: what is told cannot be taken back, but who was wrong must find the way.
 *
 * <p>Only words near the best paths are looked at, so that the work of a frame does not grow with
 * the text, and paths that left the best one long ago are let go, so that memory does not grow with
 * the stream. The same frames give the same events however they come. Not thread-safe.
 */
public final class OnlineAligner {

  /** A line begins only where one of its first phones is that near the best class, nats. */
  private static final float PLAUSIBLE = 9;

  /** What a path loses on leaving a phone after a single frame, nats. */
  private static final float HASTE = 4;

  /** Words that are looked at at most. */
  private static final int MOST_BLOCKS = 192;

  /** What the ways out of a word must be behind the beam for the next not to be looked at, nats. */
  private static final float MARGIN = 20;

  /** Phones of a word that must be over before the cursor goes there, a word or two on. */
  private static final int CURSOR_PHONES = 1;

  /** The same anywhere else. */
  private static final int CURSOR_PHONES_ELSEWHERE = 4;

  /**
   * Lines and sentences that a speaker may jump over, ahead or back: so that the work of a frame
   * does not grow with the text. Farther on a client has to seek.
   */
  private static final int JUMP_LINES = 128;

  /** Words ahead of the cursor that it may go to as if to the next one. */
  private static final int NEAR_WORDS = 3;

  /** Paths that left the best one longer ago than this die, frames. */
  private static final int HISTORY_FRAMES = 800;

  /** How often that is looked at, frames. */
  private static final int FORGET_EVERY_FRAMES = 50;

  private final Trellis trellis;
  private final PhoneClasses classes;
  private final ScaledPosteriors scaling;
  private final OnlineSettings settings;

  /** First node of every word's gap, of the last gap, and the number of nodes. */
  private final int[] blockStart;

  private final List<TextTrellis.Place> places;
  private final BitSet entryWords = new BitSet();
  private final BitSet lastPhones = new BitSet();
  private final BitSet inWord = new BitSet();

  /** Per place the nodes before the next one from which arcs lead into it. */
  private final int[][] exits;

  /** Per place where a jump may lead the phones it may begin with; null elsewhere. */
  private final int[][] firstPhones;

  private Column previous;
  private Column current;
  private BitSet live = new BitSet();
  private BitSet scratch = new BitSet();
  private final float[] blockBest;

  private final float[] scores;
  private final float[] evidence;
  private int frame;

  private int injectedNode = 0;
  private Trace injectedTrace = Trace.root();
  private float jumpScore = Float.NEGATIVE_INFINITY;
  private Trace jumpTrace;
  private int jumpClass;
  private int jumpBlock;

  /** Places where a line or a sentence begins. */
  private final int[] beginnings;

  /** Per place the number of lines and sentences that begin up to it. */
  private final int[] beginningsUpTo;

  private final Teller teller;
  private int cursor = -1;
  private int best = -1;

  /**
   * Follows a text.
   *
   * @param readings per word of the document the ways to speak it, in classes of the emissions
   */
  public OnlineAligner(
      Document document,
      List<List<Reading>> readings,
      PhoneClasses classes,
      OnlineSettings settings) {
    this.classes = classes;
    this.settings = settings;
    this.teller = new Teller(classes.frameSeconds(), settings.confidence());
    int star = classes.symbols().size();
    TextTrellis.Mapped mapped =
        TextTrellis.mapped(readings, classes.silence(), star, settings.search());
    this.trellis = mapped.trellis();
    this.scaling = new ScaledPosteriors(classes.logPriors(), classes.silence(), settings.search());
    this.places = mapped.places();
    this.blockStart = new int[places.size() + 2];
    for (int b = 0; b < places.size(); b++) {
      blockStart[b] = places.get(b).gap();
      entryWords.set(blockStart[b]);
    }
    blockStart[places.size()] = mapped.lastGap();
    blockStart[places.size() + 1] = trellis.nodes();
    entryWords.set(mapped.lastGap());
    this.exits = exits();
    findLastPhones();
    for (int n = 0; n < trellis.nodes(); n++) {
      inWord.set(n, trellis.wordOf(n) >= 0);
    }
    this.firstPhones = new int[places.size()][];
    this.beginnings = beginnings(document, places).stream().mapToInt(Integer::intValue).toArray();
    for (int b : beginnings) {
      firstPhones[b] = firstPhones(readings.get(places.get(b).word()));
    }
    this.beginningsUpTo = new int[places.size() + 1];
    int begun = 0;
    for (int b = 0; b < places.size(); b++) {
      begun += firstPhones[b] == null ? 0 : 1;
      beginningsUpTo[b] = begun;
    }
    beginningsUpTo[places.size()] = begun + 1;
    this.previous = new Column(trellis.nodes());
    this.current = new Column(trellis.nodes());
    this.blockBest = new float[places.size() + 1];
    this.scores = new float[star + 1];
    this.evidence = new float[star];
  }

  /** Places where a line or a sentence begins. */
  private static List<Integer> beginnings(Document document, List<TextTrellis.Place> places) {
    List<Integer> out = new ArrayList<>();
    int line = -1;
    boolean sentenceEnded = false;
    for (int b = 0; b < places.size(); b++) {
      var word = document.words().get(places.get(b).word());
      if (word.line() != line || sentenceEnded) {
        out.add(b);
      }
      line = word.line();
      sentenceEnded = word.text().matches(".*[.!?…:;][\"'”’»)\\]]*");
    }
    return out;
  }

  private static int[] firstPhones(List<Reading> readings) {
    return readings.stream()
        .flatMap(r -> r.spokenWords().get(0).stream())
        .mapToInt(p -> p[0])
        .distinct()
        .toArray();
  }

  private int[][] exits() {
    int[][] exits = new int[blockStart.length - 2][];
    for (int b = 0; b < exits.length; b++) {
      BitSet sources = new BitSet();
      for (int node = blockStart[b + 1]; node < blockStart[b + 2]; node++) {
        for (int k = 0; k < trellis.arcsInto(node); k++) {
          int source = trellis.source(node, k);
          if (source < blockStart[b + 1]) {
            sources.set(source);
          }
        }
      }
      exits[b] = sources.stream().toArray();
    }
    return exits;
  }

  /** Whether a path may come from a word into the next one. */
  private boolean isLeft(int block) {
    for (int source : exits[block]) {
      Column column = trellis.classOf(source) == Trellis.JUNCTION ? current : previous;
      if (column.score[source] > -settings.beam() - MARGIN) {
        return true;
      }
    }
    return false;
  }

  /** Nodes from which a word may end: those that lead to the beginning of a block by junctions. */
  private void findLastPhones() {
    for (int b = 1; b < blockStart.length - 1; b++) {
      Deque<Integer> open = new ArrayDeque<>(List.of(blockStart[b]));
      while (!open.isEmpty()) {
        int node = open.pop();
        for (int k = 0; k < trellis.arcsInto(node); k++) {
          int source = trellis.source(node, k);
          if (trellis.classOf(source) != Trellis.JUNCTION) {
            if (trellis.wordOf(source) >= 0) {
              lastPhones.set(source);
            }
          } else if (source > blockStart[b - 1]) {
            open.push(source);
          }
        }
      }
    }
  }

  /** Frames so far. */
  public int frames() {
    return frame;
  }

  /**
   * Takes in frames.
   *
   * @param logPosteriors frames x classes, row by row, natural logarithm
   * @param count number of frames in it
   * @return what they tell, in order; at most one cursor, the last
   */
  public List<OnlineEvent> accept(float[] logPosteriors, int count) {
    List<OnlineEvent> out = new ArrayList<>();
    for (int f = 0; f < count; f++) {
      look(logPosteriors, f * evidence.length);
      advance();
      frame++;
      settleAgreed(out);
      teller.wait(frame, out);
      if (frame % FORGET_EVERY_FRAMES == 0) {
        forget();
      }
      prepareJump();
    }
    moveCursor(out);
    return out;
  }

  /** Scores and evidence of a frame. */
  private void look(float[] logPosteriors, int offset) {
    float top = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < evidence.length; c++) {
      // In the steps that emissions are stored in: noise of the arithmetic shall not decide.
      scores[c] = Math.round(Math.max(-31.99f, logPosteriors[offset + c]) * 1024f) / 1024f;
      top = Math.max(top, scores[c]);
    }
    for (int c = 0; c < evidence.length; c++) {
      evidence[c] = scores[c] - top;
    }
    scaling.scale(scores);
  }

  private void advance() {
    Column column = current;
    current = previous;
    previous = column;
    // `current` holds the frame before last: its blocks are those of `scratch`.
    for (int b = scratch.nextSetBit(0); b >= 0; b = scratch.nextSetBit(b + 1)) {
      current.clear(blockStart[b], blockStart[b + 1]);
    }
    BitSet open = scratch;
    open.clear();
    open.or(live);
    openJumps(open);
    if (injectedNode >= 0) {
      open.set(blockOf(injectedNode));
    }
    float top = Float.NEGATIVE_INFINITY;
    int topNode = -1;
    int blocks = blockStart.length - 1;
    for (int b = open.nextSetBit(0); b >= 0; b = open.nextSetBit(b + 1)) {
      int node = process(b);
      blockBest[b] = node < 0 ? Float.NEGATIVE_INFINITY : current.score[node];
      if (blockBest[b] > top) {
        top = blockBest[b];
        topNode = node;
      }
      if (b + 1 < blocks && isLeft(b)) {
        open.set(b + 1);
      }
    }
    injectedNode = -1;
    best = topNode;
    prune(open, top);
    // The blocks of `previous` are in `live` still; they are cleared two frames on.
    BitSet before = live;
    live = open;
    scratch = before;
  }

  private void openJumps(BitSet open) {
    if (jumpScore < -settings.beam()) {
      return;
    }
    int here = beginningsUpTo[jumpBlock] - 1;
    int last = Math.min(beginnings.length - 1, here + JUMP_LINES);
    for (int k = Math.max(0, here - JUMP_LINES); k <= last; k++) {
      int block = beginnings[k];
      if (isPlausible(block) && jumpScoreInto(block) >= -settings.beam()) {
        open.set(block);
      }
    }
  }

  /** What a path has that jumps there: the farther the less, and less yet going back. */
  private float jumpScoreInto(int block) {
    int lines = beginningsUpTo[block] - beginningsUpTo[jumpBlock];
    if (Math.abs(lines) > JUMP_LINES) {
      return Float.NEGATIVE_INFINITY;
    }
    float far = (float) Math.log(1 + Math.abs(lines)) * settings.farCost();
    return jumpScore - far - (lines <= 0 ? settings.backCost() : 0);
  }

  private boolean isPlausible(int block) {
    if (block >= firstPhones.length || firstPhones[block] == null) {
      return false;
    }
    for (int phone : firstPhones[block]) {
      if (evidence[phone] > -PLAUSIBLE) {
        return true;
      }
    }
    return false;
  }

  private int blockOf(int node) {
    int low = 0;
    int high = blockStart.length - 2;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (blockStart[middle] <= node) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Brings a block one frame on; returns its best emitting node, -1 if none lives. */
  private int process(int block) {
    float fromAfar =
        jumpScore >= -settings.beam() && isPlausible(block)
            ? jumpScoreInto(block)
            : Float.NEGATIVE_INFINITY;
    int jumpInto = fromAfar >= -settings.beam() ? places.get(block).entry() : -1;
    int bestNode = -1;
    float bestScore = Float.NEGATIVE_INFINITY;
    for (int n = blockStart[block]; n < blockStart[block + 1]; n++) {
      if (trellis.classOf(n) == Trellis.JUNCTION) {
        enterJunction(n, n == jumpInto ? fromAfar : Float.NEGATIVE_INFINITY);
      } else {
        enterPhone(n);
        if (current.score[n] > bestScore) {
          bestScore = current.score[n];
          bestNode = n;
        }
      }
    }
    return bestNode;
  }

  private void enterJunction(int node, float fromAfar) {
    float top = Float.NEGATIVE_INFINITY;
    int from = -1;
    int arcs = trellis.arcsInto(node);
    for (int k = 0; k < arcs; k++) {
      int source = trellis.source(node, k);
      Column column = trellis.classOf(source) == Trellis.JUNCTION ? current : previous;
      float score = column.score[source] - trellis.cost(node, k) - haste(column, source);
      if (score > top) {
        top = score;
        from = source;
      }
    }
    if (fromAfar > top) {
      current.score[node] = fromAfar;
      current.begin(node, jumpTrace, jumpClass);
      return;
    }
    if (node == injectedNode) {
      current.score[node] = 0;
      current.begin(node, injectedTrace, classes.silence());
      return;
    }
    if (from < 0) {
      current.kill(node);
      return;
    }
    current.score[node] = top;
    current.take(node, trellis.classOf(from) == Trellis.JUNCTION ? current : previous, from);
    if (entryWords.get(node) && current.word[node] != Column.NO_WORD) {
      leaveWord(node);
    }
  }

  private void leaveWord(int node) {
    current.begin(node, leaving(node, frame), current.lastClass[node]);
  }

  private static int wordPhones(Column column, int node) {
    return column.phones[node] + (column.frames[node] > 0 ? 1 : 0);
  }

  private static double wordEvidence(Column column, int node) {
    double sum = column.phoneSum[node];
    if (column.frames[node] > 0) {
      sum += Confidence.phoneEvidence(column.frameSum[node], column.frames[node]);
    }
    return sum / Math.max(1, wordPhones(column, node));
  }

  /** What a path loses on leaving a phone after a single frame: it only squeezed through. */
  private float haste(Column column, int source) {
    return column.frames[source] == 1 && column == previous && inWord.get(source) ? HASTE : 0;
  }

  private void enterPhone(int node) {
    float top = previous.score[node];
    int from = node;
    int arcs = trellis.arcsInto(node);
    for (int k = 0; k < arcs; k++) {
      int source = trellis.source(node, k);
      Column column = trellis.classOf(source) == Trellis.JUNCTION ? current : previous;
      float score = column.score[source] - trellis.cost(node, k) - haste(column, source);
      if (score > top) {
        top = score;
        from = source;
      }
    }
    if (top == Float.NEGATIVE_INFINITY) {
      current.kill(node);
      return;
    }
    int phone = trellis.classOf(node);
    current.score[node] = top + scores[phone];
    Column column = trellis.classOf(from) == Trellis.JUNCTION ? current : previous;
    current.take(node, column, from);
    int word = trellis.wordOf(node);
    if (from != node) {
      enterFrom(node, word, phone);
    }
    if (word >= 0 && phone != classes.silence()) {
      current.frameSum[node] += evidence[phone];
      current.frames[node]++;
    }
    current.lastClass[node] = phone;
  }

  /** A new phone, or a new word. */
  private void enterFrom(int node, int word, int phone) {
    if (word < 0) {
      current.word[node] = Column.NO_WORD;
      return;
    }
    if (current.word[node] != word) {
      current.word[node] = word;
      current.startSeconds[node] = edgeSeconds(current.lastClass[node], phone);
      current.phoneSum[node] = 0;
      current.phones[node] = 0;
    } else if (current.frames[node] > 0) {
      current.phoneSum[node] +=
          (float) Confidence.phoneEvidence(current.frameSum[node], current.frames[node]);
      current.phones[node]++;
    }
    current.frameSum[node] = 0;
    current.frames[node] = 0;
  }

  /** The edge before this frame, less what the model is late at such edges. */
  private double edgeSeconds(int left, int right) {
    int star = scaling.starClass();
    double bias = left < star && right < star ? classes.bias().seconds(left, right) : 0;
    return Math.max(0, frame * classes.frameSeconds() - bias);
  }

  /** Takes the best score off all others and kills what falls behind. */
  private void prune(BitSet open, float top) {
    float floor = -settings.beam();
    if (open.cardinality() > MOST_BLOCKS) {
      floor = Math.max(floor, floorOfBest(open, top));
    }
    for (int b = open.nextSetBit(0); b >= 0; b = open.nextSetBit(b + 1)) {
      if (blockBest[b] - top < floor) {
        current.clear(blockStart[b], blockStart[b + 1]);
        open.clear(b);
        continue;
      }
      for (int n = blockStart[b]; n < blockStart[b + 1]; n++) {
        current.score[n] -= top;
        if (current.score[n] < floor) {
          current.kill(n);
        }
      }
    }
  }

  private float floorOfBest(BitSet open, float top) {
    float[] sorted = new float[open.cardinality()];
    int i = 0;
    for (int b = open.nextSetBit(0); b >= 0; b = open.nextSetBit(b + 1)) {
      sorted[i++] = blockBest[b] - top;
    }
    java.util.Arrays.sort(sorted);
    return sorted[sorted.length - MOST_BLOCKS];
  }

  /** Words that all paths that have a say went through, or that are due, are settled. */
  private void settleAgreed(List<OnlineEvent> out) {
    if (best < 0) {
      return;
    }
    Trace agreed = current.trace[best];
    for (int b = live.nextSetBit(0); b >= 0 && !agreed.isSettled(); b = live.nextSetBit(b + 1)) {
      for (int n = blockStart[b]; n < blockStart[b + 1] && !agreed.isSettled(); n++) {
        if (current.score[n] >= -settings.finalBeam()
            && trellis.classOf(n) != Trellis.JUNCTION
            && current.trace[n] != agreed) {
          agreed = Trace.common(agreed, current.trace[n]);
        }
      }
    }
    Trace due = current.trace[best];
    while (!due.isSettled() && due.endFrame >= frame - settings.maximumLagFrames()) {
      due = due.before();
    }
    teller.settle(due.depth > agreed.depth ? due : agreed, out);
  }

  /** Lets go of paths that left the best one long ago, and of words that all have in common. */
  private void forget() {
    if (best < 0) {
      return;
    }
    Trace old = current.trace[best];
    while (old.before() != null && old.endFrame > frame - HISTORY_FRAMES) {
      old = old.before();
    }
    if (old.before() == null || !old.isSettled()) {
      return;
    }
    for (int b = live.nextSetBit(0); b >= 0; b = live.nextSetBit(b + 1)) {
      for (int n = blockStart[b]; n < blockStart[b + 1]; n++) {
        if (current.isAlive(n) && !current.trace[n].descendsFrom(old)) {
          current.kill(n);
        }
      }
    }
    old.cut();
  }

  /** From where a jump would start in the next frame, and at what score: gaps and word ends. */
  private void prepareJump() {
    jumpScore = Float.NEGATIVE_INFINITY;
    int from = -1;
    for (int b = live.nextSetBit(0); b >= 0; b = live.nextSetBit(b + 1)) {
      for (int n = blockStart[b]; n < blockStart[b + 1]; n++) {
        if (current.score[n] > jumpScore
            && trellis.classOf(n) != Trellis.JUNCTION
            && (trellis.wordOf(n) < 0 || lastPhones.get(n))) {
          jumpScore = current.score[n];
          from = n;
        }
      }
    }
    if (from >= 0) {
      jumpScore -= settings.jumpCost();
      jumpTrace = leaving(from, frame).elsewhere();
      jumpClass = current.lastClass[from];
      jumpBlock = blockOf(from);
    }
  }

  /** The words of a path that goes on elsewhere before a frame. */
  private Trace leaving(int node, int endFrame) {
    return current.word[node] == Column.NO_WORD
        ? current.trace[node]
        : current.trace[node].then(
            current.word[node],
            current.startSeconds[node],
            endFrame,
            wordEvidence(current, node),
            wordPhones(current, node));
  }

  /** To the word that is being spoken if it sounds like it, else to the last one that did. */
  private void moveCursor(List<OnlineEvent> out) {
    if (best < 0) {
      return;
    }
    Trace last = current.trace[best];
    int word = current.word[best];
    boolean near = last.isBelieved() && word >= cursor && word <= cursor + NEAR_WORDS;
    double start = current.startSeconds[best];
    if (word == Column.NO_WORD
        || current.phones[best] < (near ? CURSOR_PHONES : CURSOR_PHONES_ELSEWHERE)
        || !last.wouldBeBelieved(wordEvidence(current, best), wordPhones(current, best))) {
      word = last.word;
      start = last.startSeconds;
      if (word < 0 || !last.isBelieved()) {
        return;
      }
    }
    if (word != cursor) {
      cursor = word;
      out.add(new OnlineEvent.Cursor(word, start));
    }
  }

  /**
   * Makes final what the best path has left, and the word whose last phone it is in; the next frame
   * goes on behind it. As after the last frame of a stream.
   */
  public List<OnlineEvent> settle() {
    List<OnlineEvent> out = new ArrayList<>();
    if (best < 0) {
      return out;
    }
    if (current.word[best] != Column.NO_WORD && lastPhones.get(best)) {
      restart(blockOf(best) + 1, leaving(best, frame), out);
    } else {
      teller.settle(current.trace[best], out);
      teller.hurry(out);
    }
    return out;
  }

  /**
   * Goes on at a word: the best path's words are final, other paths die.
   *
   * @param word 0 to the number of words - 1
   */
  public List<OnlineEvent> seek(int word) {
    List<OnlineEvent> out = new ArrayList<>(settle());
    int block = 0;
    while (block < places.size() && places.get(block).word() < word) {
      block++;
    }
    restart(block, best < 0 ? injectedTrace : current.trace[best], out);
    injectedTrace = Trace.root();
    cursor = -1;
    return out;
  }

  private void restart(int block, Trace words, List<OnlineEvent> out) {
    teller.settle(words, out);
    teller.hurry(out);
    for (int b = live.nextSetBit(0); b >= 0; b = live.nextSetBit(b + 1)) {
      current.clear(blockStart[b], blockStart[b + 1]);
    }
    live.clear();
    best = -1;
    jumpScore = Float.NEGATIVE_INFINITY;
    injectedNode = blockStart[block];
    injectedTrace = words;
    words.cut();
  }
}

package org.chorale.pronunciation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OnnxSession.LongTensor;
import org.chorale.onnx.OrtRuntime;

/**
 * The net that gives every letter of a word its phones, none to four. Input: letters [words,
 * length] and a voice (a standard of a language) for each word; output: logits [words, length,
 * chunks]. Thread-safe.
 */
public final class LetterToPhoneModel implements AutoCloseable {

  private static final int BATCH_WORDS = 256;
  private static final int MAX_LETTERS = 64;

  private final OnnxSession session;
  private final Map<Integer, Integer> letterIndex;
  private final List<String> voices;
  private final List<List<String>> chunks;

  private LetterToPhoneModel(
      OnnxSession session,
      Map<Integer, Integer> letterIndex,
      List<String> voices,
      List<List<String>> chunks) {
    this.session = session;
    this.letterIndex = letterIndex;
    this.voices = voices;
    this.chunks = chunks;
  }

  /**
   * Loads the net of a model folder.
   *
   * @throws ModelException when files are missing, damaged or of another kind
   */
  public static LetterToPhoneModel load(ModelFolder folder, OrtRuntime runtime)
      throws ModelException {
    JsonNode json = folder.manifest().json();
    if (!folder.manifest().task().equals("g2p")) {
      throw folder.broken("its task is not g2p");
    }
    Map<Integer, Integer> letters = new HashMap<>();
    int index = 0;
    for (JsonNode letter : json.path("alphabet")) {
      if (letter.asText().codePointCount(0, letter.asText().length()) == 1) {
        letters.put(letter.asText().codePointAt(0), index);
      }
      index++;
    }
    List<String> voices = new ArrayList<>();
    json.path("voices").forEach(n -> voices.add(n.asText()));
    List<List<String>> chunks = new ArrayList<>();
    json.path("chunks")
        .forEach(
            n -> chunks.add(n.asText().equals("_") ? List.of() : List.of(n.asText().split(" "))));
    if (letters.isEmpty() || voices.isEmpty() || chunks.isEmpty()) {
      throw folder.broken("alphabet, voices or chunks are missing");
    }
    OnnxSession session =
        runtime.open(folder.folder().resolve("model.onnx").toString(), folder.read("model.onnx"));
    return new LetterToPhoneModel(session, letters, voices, chunks);
  }

  /** Whether a letter is in the alphabet of the net. */
  public boolean knows(int codePoint) {
    return letterIndex.containsKey(codePoint);
  }

  /**
   * Pronounces words; those of one length go through the net together, so that a batch gives what
   * single words give.
   *
   * @param words lower case; letters that the net does not know are left out, long words are cut
   *     into pieces of 64 letters
   * @param voice the standard to speak
   * @return phones in the order of {@code words}; empty for a word without known letters
   */
  public List<List<String>> pronounce(List<String> words, String voice) {
    int voiceIndex = voices.indexOf(voice);
    if (voiceIndex < 0) {
      throw new IllegalArgumentException("no voice " + voice);
    }
    Map<Integer, List<Piece>> byLength = new TreeMap<>();
    List<List<List<String>>> parts = new ArrayList<>();
    for (int w = 0; w < words.size(); w++) {
      int[] letters = words.get(w).codePoints().filter(this::knows).map(letterIndex::get).toArray();
      parts.add(new ArrayList<>());
      for (int at = 0; at < letters.length; at += MAX_LETTERS) {
        int[] piece = Arrays.copyOfRange(letters, at, Math.min(letters.length, at + MAX_LETTERS));
        byLength
            .computeIfAbsent(piece.length, n -> new ArrayList<>())
            .add(new Piece(w, parts.get(w).size(), piece));
        parts.get(w).add(List.of());
      }
    }
    for (List<Piece> pieces : byLength.values()) {
      for (int at = 0; at < pieces.size(); at += BATCH_WORDS) {
        run(pieces.subList(at, Math.min(pieces.size(), at + BATCH_WORDS)), voiceIndex, parts);
      }
    }
    return parts.stream().map(p -> p.stream().flatMap(List::stream).toList()).toList();
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Piece(int word, int part, int[] letters) {}

  private void run(List<Piece> pieces, int voice, List<List<List<String>>> parts) {
    int length = pieces.get(0).letters().length + 2;
    long[] letters = new long[pieces.size() * length];
    long[] voiceIds = new long[pieces.size()];
    for (int p = 0; p < pieces.size(); p++) {
      voiceIds[p] = voice;
      letters[p * length] = 1;
      for (int i = 0; i < length - 2; i++) {
        letters[p * length + 1 + i] = pieces.get(p).letters()[i];
      }
      letters[p * length + length - 1] = 2;
    }
    FloatTensor logits =
        session.run(
            Map.of(
                "letters", new LongTensor(letters, new long[] {pieces.size(), length}),
                "voices", new LongTensor(voiceIds, new long[] {pieces.size()})),
            "logits");
    for (int p = 0; p < pieces.size(); p++) {
      List<String> phones = new ArrayList<>();
      for (int i = 1; i < length - 1; i++) {
        for (String phone : chunks.get(best(logits.values(), (p * length + i) * chunks.size()))) {
          // As in the inventory, a geminate is one phone.
          if (phones.isEmpty() || !phones.get(phones.size() - 1).equals(phone)) {
            phones.add(phone);
          }
        }
      }
      parts.get(pieces.get(p).word()).set(pieces.get(p).part(), List.copyOf(phones));
    }
  }

  private int best(float[] logits, int from) {
    int best = 0;
    for (int c = 1; c < chunks.size(); c++) {
      if (logits[from + c] > logits[from + best]) {
        best = c;
      }
    }
    return best;
  }

  @Override
  public void close() {
    session.close();
  }
}

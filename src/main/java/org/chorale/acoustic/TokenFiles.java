package org.chorale.acoustic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;

/** Vocabularies as they lie beside foreign models. */
final class TokenFiles {

  private static final int MOST_TOKENS = 1 << 20;

  private TokenFiles() {}

  /** Lines {@code token index}, as sherpa-onnx has them; a token may be a space. */
  static List<String> lines(ModelFolder folder, String file, String text) throws ModelException {
    List<Map.Entry<String, Integer>> entries = new ArrayList<>();
    for (String line : text.split("\r?\n")) {
      if (line.isBlank()) {
        continue;
      }
      int gap = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'));
      String index = line.substring(gap + 1);
      if (gap < 0 || !index.matches("\\d{1,7}")) {
        throw folder.broken("%s has a line that is not 'token index': '%s'".formatted(file, line));
      }
      String token = gap == 0 ? " " : line.substring(0, gap);
      entries.add(Map.entry(token, Integer.parseInt(index)));
    }
    return inOrder(folder, file, entries);
  }

  /** An object of token and index, as Hugging Face has it. */
  static List<String> map(ModelFolder folder, String file, JsonNode tree) throws ModelException {
    List<Map.Entry<String, Integer>> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      entries.add(Map.entry(entry.getKey(), entry.getValue().asInt(-1)));
    }
    return inOrder(folder, file, entries);
  }

  private static List<String> inOrder(
      ModelFolder folder, String file, List<Map.Entry<String, Integer>> entries)
      throws ModelException {
    int size = 1 + entries.stream().mapToInt(Map.Entry::getValue).max().orElse(-1);
    if (size == 0 || size > MOST_TOKENS) {
      throw folder.broken(file + " holds no vocabulary");
    }
    String[] symbols = new String[size];
    for (Map.Entry<String, Integer> entry : entries) {
      if (entry.getValue() < 0 || symbols[entry.getValue()] != null) {
        throw folder.broken("%s has no or the same index for '%s'".formatted(file, entry.getKey()));
      }
      symbols[entry.getValue()] = entry.getKey();
    }
    int missing = Arrays.asList(symbols).indexOf(null);
    if (missing >= 0) {
      throw folder.broken("%s has no token of index %d".formatted(file, missing));
    }
    return List.of(symbols);
  }
}

package org.chorale.pronunciation;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;

/**
 * Words with their pronunciations, from a gzipped file of lines {@code word TAB phones|phones...},
 * phones apart by spaces. Immutable and thread-safe.
 */
public final class Lexicon {

  private final Map<String, String> entries;

  private Lexicon(Map<String, String> entries) {
    this.entries = entries;
  }

  /**
   * Reads a lexicon of a model folder.
   *
   * @throws ModelException when the file is missing, damaged or not a lexicon
   */
  public static Lexicon load(ModelFolder folder, String fileName) throws ModelException {
    Map<String, String> entries = new HashMap<>(1 << 16);
    byte[] bytes = folder.read(fileName);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(new ByteArrayInputStream(bytes), 1 << 16),
                StandardCharsets.UTF_8))) {
      String line;
      while ((line = reader.readLine()) != null) {
        int tab = line.indexOf('\t');
        if (tab <= 0 || tab == line.length() - 1) {
          throw folder.broken("%s has a line without a pronunciation".formatted(fileName));
        }
        entries.put(line.substring(0, tab), line.substring(tab + 1));
      }
    } catch (IOException e) {
      if (e instanceof ModelException broken) {
        throw broken;
      }
      throw new ModelException(
          "The lexicon '%s' is damaged (%s); restore it."
              .formatted(folder.folder().resolve(fileName), e.getMessage()),
          e);
    }
    return new Lexicon(entries);
  }

  /** Number of words. */
  public int size() {
    return entries.size();
  }

  /** The pronunciations of a word, most common first; none when it is not here. */
  public List<List<String>> pronunciations(String word) {
    String entry = entries.get(word);
    return entry == null
        ? List.of()
        : Arrays.stream(entry.split("\\|")).map(p -> List.of(p.split(" "))).toList();
  }
}

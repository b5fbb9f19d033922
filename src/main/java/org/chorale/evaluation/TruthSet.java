package org.chorale.evaluation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of recordings with texts and word times.
 *
 * @param items its recordings in order
 */
public record TruthSet(List<Item> items) {

  /**
   * One recording.
   *
   * @param audio the recording
   * @param text its text
   * @param words its word times
   * @param language language tag, "auto" when the manifest does not say
   */
  public record Item(Path audio, Path text, Path words, String language) {

    /** The words and times of the truth. */
    public List<TruthWord> truth() throws IOException {
      return TruthReader.read(words);
    }
  }

  /** Takes a copy. */
  public TruthSet {
    items = List.copyOf(items);
  }

  /**
   * Reads a manifest: tab-separated, with a header that names at least {@code audio}, {@code text}
   * and {@code words_tsv}, and {@code language} if known; paths relative to the manifest.
   *
   * @throws IOException one sentence that names the file and what it lacks
   */
  public static TruthSet read(Path manifest) throws IOException {
    String[] lines;
    try {
      lines = Files.readString(manifest, StandardCharsets.UTF_8).split("\\R");
    } catch (IOException e) {
      throw new IOException(
          "The manifest '%s' cannot be read; give a UTF-8 file with tabs.".formatted(manifest), e);
    }
    List<String> columns = Arrays.asList(lines[0].replace("\uFEFF", "").split("\t", -1));
    int audio = column(manifest, columns, "audio");
    int text = column(manifest, columns, "text");
    int words = column(manifest, columns, "words_tsv");
    int language = columns.indexOf("language");
    int most = Math.max(audio, Math.max(text, words));
    Path folder = manifest.toAbsolutePath().getParent();
    List<Item> items = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      String[] cells = lines[i].split("\t", -1);
      if (lines[i].isBlank()) {
        continue;
      }
      if (cells.length <= most) {
        throw new IOException(
            "Line %d of the manifest '%s' has too few columns.".formatted(i + 1, manifest));
      }
      boolean known = language >= 0 && cells.length > language && !cells[language].isBlank();
      items.add(
          new Item(
              folder.resolve(cells[audio]),
              folder.resolve(cells[text]),
              folder.resolve(cells[words]),
              known ? cells[language] : "auto"));
    }
    if (items.isEmpty()) {
      throw new IOException("The manifest '%s' lists no recording.".formatted(manifest));
    }
    return new TruthSet(items);
  }

  private static int column(Path manifest, List<String> columns, String name) throws IOException {
    int index = columns.indexOf(name);
    if (index < 0) {
      throw new IOException(
          "The manifest '%s' has no column '%s'; its first line names the columns."
              .formatted(manifest, name));
    }
    return index;
  }
}

package org.chorale.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestReaderTest {

  @TempDir private Path folder;

  private Manifest read(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    return new ManifestReader(new LocalStorage(), "auto", "auto").read(file.toString());
  }

  @Test
  void aTableWithAHeadingIsReadByItsNames() throws IOException {
    Manifest manifest =
        read(
            "m.tsv",
            "text\tAudio\tid\tlanguage\tduration\na.txt\ta.mp3\tone\tde-CH\t3\nb.txt\tb.mp3\ttwo\t\t4\n");
    assertThat(manifest.rejected()).isEmpty();
    assertThat(manifest.items()).extracting(BatchItem::id).containsExactly("one", "two");
    BatchItem first = manifest.items().get(0);
    assertThat(first.language()).isEqualTo("de");
    assertThat(first.text()).isEqualTo(folder.resolve("a.txt").toString());
    assertThat(first.audio()).containsExactly(folder.resolve("a.mp3").toString());
    assertThat(first.audioNames()).containsExactly("a.mp3");
    assertThat(manifest.items().get(1).language()).isEqualTo("auto");
  }

  @Test
  void aTableWithoutAHeadingHasTheColumnsOfTheContract() throws IOException {
    Manifest manifest = read("m.tsv", "x/1\ta.mp3|b.mp3\ta.txt\ten\tlyrics\tpart\n");
    BatchItem item = manifest.items().get(0);
    assertThat(item.id()).isEqualTo("x/1");
    assertThat(item.audioNames()).containsExactly("a.mp3", "b.mp3");
    assertThat(item.mode()).isEqualTo("lyrics");
    assertThat(item.passage()).isEqualTo(Passage.PART);
  }

  @Test
  void jsonLinesMayListRecordings() throws IOException {
    Manifest manifest =
        read(
            "m.jsonl",
            "{\"id\":\"a\",\"audio\":[\"1.mp3\",\"2.mp3\"],\"text\":\"t.txt\"}\n"
                + "\n{\"audio\":\"sub/b.flac\",\"text\":\"t.txt\"}\n");
    assertThat(manifest.items()).extracting(BatchItem::id).containsExactly("a", "b");
    assertThat(manifest.items().get(0).audio()).hasSize(2);
  }

  @Test
  void whatIsNoItemIsKeptWithItsReason() throws IOException {
    Manifest manifest =
        read(
            "m.jsonl",
            String.join(
                "\n",
                "{\"id\":\"ok\",\"audio\":\"a.mp3\",\"text\":\"a.txt\"}",
                "{\"id\":\"ok\",\"audio\":\"a.mp3\",\"text\":\"a.txt\"}",
                "{\"id\":\"../out\",\"audio\":\"a.mp3\",\"text\":\"a.txt\"}",
                "{\"id\":\"none\",\"text\":\"a.txt\"}",
                "{\"id\":\"mute\",\"audio\":\"a.mp3\"}",
                "{\"id\":\"odd\",\"audio\":\"a.mp3\",\"text\":\"a.txt\",\"mode\":\"dance\"}",
                "{broken"));
    assertThat(manifest.items()).extracting(BatchItem::id).containsExactly("ok");
    assertThat(manifest.rejected())
        .extracting(Manifest.Rejected::id)
        .containsExactly("line-2", "line-3", "none", "mute", "odd", "line-7");
    assertThat(manifest.rejected().get(4).reason()).contains("'dance' is no mode");
  }

  @Test
  void aFolderPairsRecordingsAndTexts() throws IOException {
    Files.createDirectories(folder.resolve("in/sub"));
    for (String name :
        List.of(
            "in/a.mp3", "in/a.txt", "in/sub/b.wav", "in/sub/b.txt", "in/alone.ogg", "in/.c.mp3")) {
      Files.writeString(folder.resolve(name), "x");
    }
    Manifest manifest =
        new ManifestReader(new LocalStorage(), "auto", "auto")
            .read(folder.resolve("in").toString());
    assertThat(manifest.items()).extracting(BatchItem::id).containsExactly("a", "sub/b");
    assertThat(manifest.rejected()).extracting(Manifest.Rejected::id).containsExactly("alone");
  }

  @Test
  void anEmptyManifestIsAnError() {
    assertThatThrownBy(() -> read("m.tsv", "# nothing\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("names no item");
  }

  @Test
  void filtersChooseByIdLanguageAndNumber() throws IOException {
    Manifest manifest =
        read("m.tsv", "a/1\tx\ty\tde\na/2\tx\ty\ten\nb/1\tx\ty\tde\nb/2\tx\ty\tde\n");
    assertThat(ids(manifest, List.of("a*"), List.of(), Set.of(), 0)).containsExactly("a/1", "a/2");
    assertThat(ids(manifest, List.of(), List.of("*/1"), Set.of("de"), 0)).containsExactly("b/2");
    assertThat(ids(manifest, List.of(), List.of(), Set.of(), 3)).hasSize(3);
  }

  private static List<String> ids(
      Manifest manifest, List<String> only, List<String> exclude, Set<String> languages, int n) {
    return new ItemFilter(only, exclude, languages, n)
        .apply(manifest).items().stream().map(BatchItem::id).toList();
  }
}

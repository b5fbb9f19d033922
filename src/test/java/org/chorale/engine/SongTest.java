package org.chorale.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.text.DocumentParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own song, whose word times are known by construction, and speech beside it. */
class SongTest {

  private static final Path FIXTURES = Path.of("audio-fixtures");

  private static RecordingAligners aligners;
  private static RecordingAligner lyrics;

  @BeforeAll
  static void load() throws Exception {
    aligners = new RecordingAligners(Path.of("models"), null, new OrtRuntime(2, Device.cpu()));
    lyrics = aligners.of(AlignmentMode.LYRICS);
  }

  @AfterAll
  static void close() {
    aligners.close();
  }

  private static AudioSource open(String file) throws Exception {
    return opener(file).open(2);
  }

  private static RecordingAligners.Opener opener(String file) {
    return channels -> new AudioFiles().open(FIXTURES.resolve(file).toString(), channels);
  }

  @Test
  void mostWordsOfTheSongAreWhereTheyWereSung() throws Exception {
    String text = Files.readString(FIXTURES.resolve("songs/lantern.txt"));
    List<String> truth = Files.readAllLines(FIXTURES.resolve("songs/lantern.words.tsv"));
    Alignment alignment;
    try (AudioSource source = open("songs/lantern.opus")) {
      alignment = lyrics.align(source, new DocumentParser().parse(text, "en"), samples -> {});
    }
    assertThat(alignment.verdict()).isEqualTo(Verdict.OK);
    assertThat(alignment.words()).hasSameSizeAs(truth);
    int near = 0;
    for (int w = 0; w < truth.size(); w++) {
      AlignedWord word = alignment.words().get(w);
      near +=
          Math.abs(word.startSeconds() - Double.parseDouble(truth.get(w).split("\t")[0])) < 0.3
              ? 1
              : 0;
    }
    assertThat(near).isGreaterThanOrEqualTo(24);
  }

  @Test
  void aSongIsHeardAsOne() throws Exception {
    assertThat(aligners.heard(opener("songs/lantern.opus"))).isEqualTo(AlignmentMode.LYRICS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "speech/austen-0870.flac",
        "speech/austen-0880.flac",
        "speech/asterisk-es.flac",
        "speech/asterisk-fr.flac",
        "speech/asterisk-it.flac"
      })
  void speechIsNot(String file) throws Exception {
    assertThat(aligners.heard(opener(file))).isEqualTo(AlignmentMode.SPEECH);
  }

  @Test
  void aFewSecondsAreTakenForSpeech() {
    assertThat(RecordingAligners.mayBeSong(new AudioInfo("a.wav", 16_000, 1, 5))).isFalse();
    assertThat(RecordingAligners.mayBeSong(new AudioInfo("a.wav", 16_000, 1, 60))).isTrue();
    assertThat(RecordingAligners.mayBeSong(new AudioInfo("live", 16_000, 1, 0))).isTrue();
  }

  @Test
  void anotherModelIsAskedNothing() throws Exception {
    try (RecordingAligners foreign =
        new RecordingAligners(
            Path.of("models"), Path.of("models/speech-v1"), new OrtRuntime(2, Device.cpu()))) {
      assertThat(
              foreign.heard(
                  channels -> {
                    throw new AssertionError("opened");
                  }))
          .isEqualTo(AlignmentMode.SPEECH);
      assertThat(foreign.of(AlignmentMode.LYRICS)).isSameAs(foreign.of(AlignmentMode.SPEECH));
    }
  }
}

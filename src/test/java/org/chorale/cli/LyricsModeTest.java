package org.chorale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --mode lyrics} on a voice in the middle of a stereo mix with chords. */
class LyricsModeTest {

  private static final String AUDIO = "audio-fixtures/speech/austen-0880.flac";
  private static final String TEXT = "audio-fixtures/speech/austen-0880.txt";
  private static final int RATE = AudioSource.SAMPLE_RATE;
  private static final int BEFORE = 4 * RATE;
  private static final double[][] CHORDS = {{220, 262, 330}, {175, 220, 262}, {196, 247, 294}};

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    return Main.run(
        new Environment(
            Path.of("."),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false),
        args);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
  }

  /** Four seconds of plucked chords, then the voice over them. */
  private String mix() throws IOException {
    float[] voice = new float[4 * RATE];
    int length = 0;
    try (AudioSource source = new AudioFiles().open(AUDIO)) {
      int count;
      while ((count = source.read(voice, length, voice.length - length)) > 0) {
        length += count;
      }
    }
    int frames = BEFORE + length + RATE;
    ByteBuffer wav = ByteBuffer.allocate(44 + 4 * frames).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 4 * frames);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 2).putInt(RATE).putInt(4 * RATE);
    wav.putShort((short) 4).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(4 * frames);
    for (int i = 0; i < frames; i++) {
      double sung = i < BEFORE || i - BEFORE >= length ? 0 : voice[i - BEFORE];
      for (int side = 0; side < 2; side++) {
        // Plucked: a held tone is a held vowel to some ears.
        double decay = Math.exp(-4.0 * (i % RATE) / RATE);
        double chord = 0;
        for (double hertz : CHORDS[i / RATE % CHORDS.length]) {
          double turns = 2 * Math.PI * hertz * (1 + 0.003 * side) * i / RATE + side;
          chord +=
              decay * (Math.sin(turns) + 0.5 * Math.sin(2 * turns) + 0.3 * Math.sin(3 * turns));
        }
        wav.putShort((short) (12_000 * sung + 400 * chord));
      }
    }
    return Files.write(folder.resolve("mix.wav"), wav.array()).toString();
  }

  @Test
  void wordsAreFoundWhereTheyAreInTheMix() throws IOException {
    assertThat(run("align", AUDIO, TEXT)).isZero();
    JsonNode spoken = json().path("words");
    assertThat(run("align", mix(), TEXT, "--mode", "lyrics")).isZero();
    assertThat(json().path("words").get(0).has("syllables")).isFalse();
    assertThat(run("align", mix(), TEXT, "--mode", "lyrics", "--phones")).isZero();
    assertThat(json().path("mode").asText()).isEqualTo("lyrics");
    assertThat(json().path("model").asText()).isEqualTo("lyrics-v1");
    assertThat(json().path("audio").path("channels").asInt()).isEqualTo(2);
    JsonNode sung = json().path("words");
    assertThat(sung).hasSize(spoken.size());
    for (int w = 0; w < sung.size(); w++) {
      double expected = spoken.get(w).path("start").asDouble() + BEFORE / (double) RATE;
      assertThat(sung.get(w).path("status").asText()).isEqualTo("aligned");
      JsonNode word = sung.get(w);
      double sound = word.path("phones").get(0).path("start").asDouble();
      assertThat(sound).isCloseTo(expected, within(0.15));
      // The ear puts the word between the first consonant and the vowel.
      assertThat(word.path("start").asDouble()).isBetween(sound - 0.021, sound + 0.25);
      assertSyllables(word);
    }
  }

  /** The syllables of a word, joined, are the word, and run from its start to its end. */
  private static void assertSyllables(JsonNode word) {
    StringBuilder text = new StringBuilder();
    double at = word.path("start").asDouble();
    for (JsonNode syllable : word.path("syllables")) {
      text.append(syllable.path("text").asText());
      assertThat(syllable.path("start").asDouble()).isCloseTo(at, within(1e-9));
      at = syllable.path("end").asDouble();
    }
    assertThat(text.toString()).isEqualTo(word.path("text").asText());
    assertThat(at).isCloseTo(word.path("end").asDouble(), within(1e-9));
  }

  @Test
  void whatIsNotSungIsRefused() throws IOException {
    Path text =
        Files.writeString(
            folder.resolve("text.txt"), "Pictures of purple elephants\nfloating over Chicago");
    assertThat(run("align", mix(), text.toString(), "--mode", "lyrics", "-l", "en")).isEqualTo(5);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("is not what is heard");
  }

  @Test
  void aLineInParenthesesThatIsNotSungIsPlacedNotMissing() throws IOException {
    Path text =
        Files.writeString(
            folder.resolve("text.txt"), "He was not an ill-disposed young man. (ooh baby)");
    assertThat(run("align", mix(), text.toString(), "--mode", "lyrics", "-l", "en")).isZero();
    JsonNode words = json().path("words");
    assertThat(words.get(7).path("status").asText()).isEqualTo("interpolated");
    assertThat(words.get(8).path("status").asText()).isEqualTo("interpolated");
  }
}

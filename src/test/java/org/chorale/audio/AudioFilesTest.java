package org.chorale.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFilesTest {

  private static final Path FORMATS = Path.of("audio-fixtures/formats");
  private static final int MOST_LAG = 400;

  @TempDir private Path folder;

  private static float[] decoded(AudioSource source) throws IOException {
    try (source) {
      float[] all = new float[1 << 20];
      int filled = 0;
      int count;
      while ((count = source.read(all, filled, Math.min(777, all.length - filled))) >= 0) {
        assertThat(count).isPositive();
        filled += count;
      }
      return Arrays.copyOf(all, filled);
    }
  }

  private static float[] decoded(Path file) throws IOException {
    return decoded(new AudioFiles().open(file.toString()));
  }

  /** Samples by which b lags a, by the highest correlation. */
  private static int lag(float[] a, float[] b) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int lag = -MOST_LAG; lag <= MOST_LAG; lag++) {
      double sum = 0;
      for (int i = MOST_LAG; i < a.length - 2 * MOST_LAG; i++) {
        sum += i + lag < b.length ? a[i] * b[i + lag] : 0;
      }
      if (sum > highest) {
        highest = sum;
        best = lag;
      }
    }
    return best;
  }

  @ParameterizedTest
  @ValueSource(strings = {"flac", "mp3", "m4a", "ogg", "opus", "webm", "mp4", "mkv"})
  void everyFormatBeginsWithTheFirstSampleOfTheRecording(String extension) throws IOException {
    float[] original = decoded(FORMATS.resolve("fox.wav"));
    float[] copy = decoded(FORMATS.resolve("fox." + extension));

    assertThat(Math.abs(lag(original, copy))).isLessThanOrEqualTo(AudioSource.SAMPLE_RATE / 200);
    assertThat(copy.length)
        .isBetween(
            original.length - AudioSource.SAMPLE_RATE / 5,
            original.length + AudioSource.SAMPLE_RATE / 5);
  }

  @Test
  void wavIsGivenAsItIs() throws IOException {
    byte[] file = Files.readAllBytes(FORMATS.resolve("fox.wav"));
    float[] samples = decoded(FORMATS.resolve("fox.wav"));
    ByteBuffer pcm = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int data = file.length - 2 * samples.length;
    for (int i = 0; i < samples.length; i += 101) {
      assertThat(samples[i]).isEqualTo(pcm.getShort(data + 2 * i) / 32768f);
    }
  }

  @Test
  void aStreamIsSpooledAndItsCopyRemoved() throws IOException {
    Path m4a = FORMATS.resolve("fox.m4a"); // its index is at the end: no pipe could be decoded
    AudioSource source =
        new AudioFiles().open(new ByteArrayInputStream(Files.readAllBytes(m4a)), "a pipe");
    assertThat(source.info().path()).isEqualTo("a pipe");
    assertThat(decoded(source)).isEqualTo(decoded(m4a));
  }

  @Test
  void aStreamThatIsTooLongIsRefused() {
    byte[] bytes = new byte[100_000];
    assertThatThrownBy(() -> new AudioFiles(50_000).open(new ByteArrayInputStream(bytes), "a pipe"))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("'a pipe' is longer than");
  }

  @Test
  void infoIsThatOfTheFile() throws IOException {
    try (AudioSource source = new AudioFiles().open(FORMATS.resolve("fox.mp4").toString())) {
      assertThat(source.info().sampleRate()).isEqualTo(44_100);
      assertThat(source.info().channels()).isEqualTo(2);
      assertThat(source.info().expectedSeconds()).isBetween(6.0, 6.6);
    }
  }

  @Test
  void theExtensionDoesNotMatter() throws IOException {
    Path misnamed = Files.copy(FORMATS.resolve("fox.mp3"), folder.resolve("fox.wav"));
    assertThat(decoded(misnamed)).isEqualTo(decoded(FORMATS.resolve("fox.mp3")));
  }

  @Test
  void aNameThatLooksLikeAProtocolIsAFile() throws IOException {
    Path odd = Files.copy(FORMATS.resolve("fox.flac"), folder.resolve("concat:a|b.flac"));
    assertThat(decoded(odd)).isEqualTo(decoded(FORMATS.resolve("fox.flac")));
  }

  private void refused(Path file, String what) {
    assertThatThrownBy(() -> decoded(file))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(what)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static byte[] part(String name, double share) throws IOException {
    byte[] all = Files.readAllBytes(FORMATS.resolve(name));
    return Arrays.copyOf(all, (int) (all.length * share));
  }

  @Test
  void badFilesAreRefusedInOneSentence() throws IOException {
    refused(folder.resolve("none.wav"), "There is no file");
    refused(folder, "is a folder");
    refused(file("empty.mp3", new byte[0]), "is empty");
    refused(file("text.wav", "These are words, no sound.\n".getBytes("UTF-8")), "not a recording");
    refused(FORMATS.resolve("no-audio.mp4"), "has no audio track");
    refused(file("truncated.wav", part("fox.wav", 0.5)), "is cut short");
    refused(file("truncated.flac", part("fox.flac", 0.5)), "is cut short");
    refused(file("truncated.m4a", part("fox.m4a", 0.5)), "truncated.m4a");
    refused(file("truncated.webm", part("fox.webm", 0.5)), "is cut short");
    refused(file("truncated.mkv", part("fox.mkv", 0.5)), "is cut short");
    refused(file("truncated.mp3", part("fox.mp3", 0.5)), "is cut short");
    refused(file("truncated.ogg", part("fox.ogg", 0.5)), "is cut short");
    refused(file("truncated.opus", part("fox.opus", 0.7)), "is cut short");
    refused(file("header.wav", part("fox.wav", 0.0002)), "header.wav");
  }

  @Test
  void aWavWithoutSamplesIsRefused() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    header.put("RIFF".getBytes("US-ASCII")).putInt(36).put("WAVEfmt ".getBytes("US-ASCII"));
    header.putInt(16).putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
    header.putShort((short) 2).putShort((short) 16).put("data".getBytes("US-ASCII")).putInt(0);
    refused(file("nothing.wav", header.array()), "nothing.wav");
  }

  @Test
  void silenceIsRefusedAtItsEnd() throws IOException {
    byte[] wav = Files.readAllBytes(FORMATS.resolve("fox.wav"));
    Arrays.fill(wav, 100, wav.length, (byte) 0);
    refused(file("silent.wav", wav), "is silent");
  }

  @Test
  void corruptDataIsRefused() throws IOException {
    byte[] flac = Files.readAllBytes(FORMATS.resolve("fox.flac"));
    byte[] noise = new byte[flac.length / 2];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, flac, flac.length / 3, noise.length);
    refused(file("corrupt.flac", flac), "corrupt.flac");
  }

  @Test
  void aBrokenFileNeverHangsOrCrashes() throws IOException {
    Random random = new Random(7);
    for (String name : new String[] {"fox.mp3", "fox.ogg", "fox.m4a", "fox.webm", "fox.flac"}) {
      for (int round = 0; round < 8; round++) {
        byte[] bytes = Files.readAllBytes(FORMATS.resolve(name));
        for (int k = 0; k < 40; k++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        Path broken = file(round + name, bytes);
        try {
          for (float sample : decoded(broken)) {
            assertThat(Float.isFinite(sample)).isTrue();
          }
        } catch (AudioException e) {
          assertThat(e.getMessage()).contains(broken.toString());
        }
      }
    }
  }

  @Test
  void readingAheadGivesTheSameSamplesAndErrors() throws IOException {
    Path good = FORMATS.resolve("fox.ogg");
    assertThat(decoded(new ReadAheadSource(new AudioFiles().open(good.toString()))))
        .isEqualTo(decoded(good));
    Path bad = file("truncated.flac", part("fox.flac", 0.6));
    assertThatThrownBy(() -> decoded(new ReadAheadSource(new AudioFiles().open(bad.toString()))))
        .isInstanceOf(AudioException.class)
        .hasMessageContaining("is cut short");
  }

  @Test
  void readingAheadCanBeGivenUp() throws IOException {
    AudioSource source =
        new ReadAheadSource(new AudioFiles().open(FORMATS.resolve("fox.mp3").toString()));
    assertThat(source.read(new float[10], 0, 10)).isPositive();
    source.close();
  }
}

package org.chorale.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.List;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.Verdict;
import org.chorale.align.WordStatus;
import org.chorale.audio.AudioInfo;
import org.chorale.audio.AudioSource;
import org.chorale.picture.AlignmentPicture.View;
import org.junit.jupiter.api.Test;

class AlignmentPictureTest {

  private static final int WHITE = 0xFFFFFFFF;

  /** Four seconds: silence, then from second 1 to 2 a square wave, then silence. */
  private static final class Square implements AudioSource {
    private int at;

    @Override
    public int read(float[] buffer, int offset, int length) {
      int count = Math.min(length, 4 * SAMPLE_RATE - at);
      for (int i = 0; i < count; i++, at++) {
        boolean sounds = at >= SAMPLE_RATE && at < 2 * SAMPLE_RATE;
        buffer[offset + i] = sounds ? (at % 100 < 50 ? 0.5f : -0.25f) : 0;
      }
      return count == 0 ? -1 : count;
    }

    @Override
    public AudioInfo info() {
      return new AudioInfo("square", SAMPLE_RATE, 1, 4);
    }

    @Override
    public void close() {}
  }

  private static final Alignment ALIGNMENT =
      new Alignment(
          new Alignment.Audio("square", 4, 16_000, 1),
          "en",
          "speech",
          "m",
          1,
          Verdict.OK,
          List.of(new AlignedLine("tone", 0, 1, 1, 2, 1)),
          List.of(new AlignedWord("tone", 0, 4, 0, WordStatus.ALIGNED, 1, 2, 1, List.of())));

  @Test
  void theEnvelopeHoldsLowestAndHighestOfEachColumn() throws Exception {
    Envelope envelope = Envelope.of(new Square(), 0.5, 30, 10);
    assertThat(envelope.high(4)).isZero();
    assertThat(envelope.high(5)).isEqualTo(0.5f);
    assertThat(envelope.low(14)).isEqualTo(-0.25f);
    assertThat(envelope.low(15)).isZero();
    assertThat(envelope.peak()).isEqualTo(0.5f);
  }

  @Test
  void theWordIsDrawnWhereItIsHeard() throws Exception {
    BufferedImage image =
        new AlignmentPicture(ALIGNMENT, 0, 4, 4).draw(new Square(), View.WAVEFORM);
    int quarter = (image.getWidth() - 32) / 4;
    int waveTop = 16 + 10;
    assertThat(inked(image, 16, 16 + quarter - 2, waveTop)).isZero();
    assertThat(inked(image, 16 + quarter + 2, 16 + 2 * quarter - 2, waveTop))
        .isEqualTo(quarter - 4);
    assertThat(inked(image, 16 + 2 * quarter + 2, image.getWidth() - 16, waveTop)).isZero();
    int inBox = 16 + 110 + 4;
    assertThat(inked(image, 16, 16 + quarter - 2, inBox)).isZero();
    assertThat(inked(image, 16 + quarter + 2, 16 + 2 * quarter - 2, inBox)).isPositive();
  }

  @Test
  void theSpectrogramIsLoudWhereTheToneIs() throws Exception {
    // A square wave of 160 Hz: its odd harmonics, 480 Hz among them.
    Spectrogram spectrogram = Spectrogram.of(new Square(), 0, 40, 10, 64);
    assertThat(spectrogram.loudness(5, 4)).isZero();
    assertThat(spectrogram.loudness(15, 2)).isGreaterThan(0.8);
    assertThat(spectrogram.loudness(15, 63)).isLessThan(spectrogram.loudness(15, 2));
    assertThat(spectrogram.loudness(25, 2)).isZero();
    BufferedImage image =
        new AlignmentPicture(ALIGNMENT, 0, 4, 4).draw(new Square(), View.SPECTROGRAM);
    int quarter = (image.getWidth() - 32) / 4;
    int bottom = 16 + 110 - 5;
    assertThat(brightness(image, 16 + quarter + quarter / 2, bottom))
        .isGreaterThan(2 * brightness(image, 16 + quarter / 2, bottom));
  }

  private static int brightness(BufferedImage image, int x, int y) {
    int rgb = image.getRGB(x, y);
    return (rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF);
  }

  @Test
  void rowsAreStacked() throws Exception {
    BufferedImage one = new AlignmentPicture(ALIGNMENT, 0, 4, 4).draw(new Square(), View.WAVEFORM);
    BufferedImage two = new AlignmentPicture(ALIGNMENT, 0, 4, 2).draw(new Square(), View.WAVEFORM);
    assertThat(two.getHeight() - one.getHeight()).isEqualTo(one.getHeight() - 32 + 14);
    assertThatThrownBy(() -> new AlignmentPicture(ALIGNMENT, 0, 4, 0.1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AlignmentPicture(ALIGNMENT, 3, 3, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static int inked(BufferedImage image, int fromX, int toX, int y) {
    int count = 0;
    for (int x = fromX; x < toX; x++) {
      count += image.getRGB(x, y) == WHITE ? 0 : 1;
    }
    return count;
  }
}

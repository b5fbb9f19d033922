package org.chorale.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.align.WordStatus;
import org.chorale.audio.AudioException;
import org.chorale.audio.AudioSource;

/**
 * Draws an alignment over its waveform or spectrogram: rows of equal length, each with the sound,
 * the words in boxes whose colour is their confidence, their phones if the alignment has them, and
 * seconds.
 */
public final class AlignmentPicture {

  /** The most rows of one picture. */
  public static final int MOST_ROWS = 24;

  private static final int WIDTH = 1280;
  private static final int MARGIN = 16;
  private static final int WAVE_HEIGHT = 110;
  private static final int WORD_HEIGHT = 26;
  private static final int PHONE_HEIGHT = 20;
  private static final int AXIS_HEIGHT = 24;
  private static final int ROW_GAP = 14;
  private static final int SMALLEST_TEXT = 8;

  private static final Color INK = new Color(0x22, 0x2b, 0x38);
  private static final Color QUIET = new Color(0xa9, 0xb3, 0xc1);
  private static final Color LINE = new Color(0xd5, 0xdb, 0xe3);
  private static final Color SURE = new Color(0x2a, 0x7f, 0x9e);
  private static final Color UNSURE = new Color(0xd9, 0x6a, 0x2b);

  private final Alignment alignment;
  private final double fromSeconds;
  private final double toSeconds;
  private final double rowSeconds;
  private final boolean phones;

  /** What is drawn of the sound. */
  public enum View {
    /** Highest and lowest sample of every column. */
    WAVEFORM,
    /** Loudness by frequency. */
    SPECTROGRAM
  }

  /**
   * A picture of a stretch of an alignment.
   *
   * @param fromSeconds where the stretch begins
   * @param toSeconds where it ends
   * @param rowSeconds length of a row; the stretch may have at most {@link #MOST_ROWS} rows
   */
  public AlignmentPicture(
      Alignment alignment, double fromSeconds, double toSeconds, double rowSeconds) {
    if (!(fromSeconds >= 0 && toSeconds > fromSeconds && rowSeconds > 0)
        || toSeconds - fromSeconds > MOST_ROWS * rowSeconds) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no picture of %.3f to %.3f s in rows of %.3f s",
              fromSeconds,
              toSeconds,
              rowSeconds));
    }
    this.alignment = alignment;
    this.fromSeconds = fromSeconds;
    this.toSeconds = toSeconds;
    this.rowSeconds = rowSeconds;
    this.phones = alignment.words().stream().anyMatch(w -> !w.phones().isEmpty());
  }

  /**
   * Draws it.
   *
   * @param source the recording, at its beginning
   * @param view what of its sound
   * @throws AudioException when the recording cannot be decoded
   */
  public BufferedImage draw(AudioSource source, View view) throws AudioException {
    int rows = (int) Math.ceil((toSeconds - fromSeconds) / rowSeconds - 1e-9);
    int columns = WIDTH - 2 * MARGIN;
    double scale = columns / rowSeconds;
    SoundDrawing sound =
        view == View.WAVEFORM
            ? waveform(Envelope.of(source, fromSeconds, columns * rows, scale))
            : spectrogram(Spectrogram.of(source, fromSeconds, columns * rows, scale, WAVE_HEIGHT));
    BufferedImage image =
        new BufferedImage(
            WIDTH,
            2 * MARGIN + rows * (rowHeight() + ROW_GAP) - ROW_GAP,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, image.getWidth(), image.getHeight());
      for (int row = 0; row < rows; row++) {
        row(g, row, sound, MARGIN + row * (rowHeight() + ROW_GAP));
      }
    } finally {
      g.dispose();
    }
    return image;
  }

  private int rowHeight() {
    return WAVE_HEIGHT + WORD_HEIGHT + (phones ? PHONE_HEIGHT : 0) + AXIS_HEIGHT;
  }

  private void row(Graphics2D g, int row, SoundDrawing sound, int top) {
    int columns = WIDTH - 2 * MARGIN;
    double from = fromSeconds + row * rowSeconds;
    double to = Math.min(toSeconds, from + rowSeconds);
    double scale = columns / rowSeconds;
    int right = MARGIN + (int) Math.round((to - from) * scale);
    Color[] colours = new Color[columns];
    for (AlignedWord word : alignment.words()) {
      if (word.status() == WordStatus.ALIGNED) {
        int first = (int) Math.round((word.startSeconds() - from) * scale);
        int last = (int) Math.round((word.endSeconds() - from) * scale);
        for (int c = Math.max(0, first); c < Math.min(columns, last); c++) {
          colours[c] = colour(word.confidence());
        }
      }
    }
    sound.draw(g, row * columns, right - MARGIN, top, colours);
    int boxes = top + WAVE_HEIGHT;
    for (AlignedWord word : alignment.words()) {
      if (!word.isTimed() || word.endSeconds() <= from || word.startSeconds() >= to) {
        continue;
      }
      boolean sure = word.status() == WordStatus.ALIGNED;
      box(
          g,
          word.text(),
          MARGIN + (word.startSeconds() - from) * scale,
          MARGIN + (word.endSeconds() - from) * scale,
          boxes,
          WORD_HEIGHT,
          right,
          sure ? colour(word.confidence()) : QUIET,
          15);
      for (AlignedPhone phone : word.phones()) {
        if (phone.endSeconds() > from && phone.startSeconds() < to) {
          box(
              g,
              phone.phone(),
              MARGIN + (phone.startSeconds() - from) * scale,
              MARGIN + (phone.endSeconds() - from) * scale,
              boxes + WORD_HEIGHT,
              PHONE_HEIGHT,
              right,
              QUIET,
              12);
        }
      }
    }
    axis(g, from, to, scale, top + rowHeight() - AXIS_HEIGHT);
  }

  /** Draws columns of the sound from the left margin on, in the colours of the words. */
  private interface SoundDrawing {
    void draw(Graphics2D g, int firstColumn, int count, int top, Color[] colours);
  }

  private static SoundDrawing waveform(Envelope envelope) {
    float gain = envelope.peak() > 0 ? 0.95f / envelope.peak() : 0;
    return (g, first, count, top, colours) -> {
      int half = WAVE_HEIGHT / 2;
      int middle = top + half;
      g.setColor(LINE);
      g.drawLine(MARGIN, middle, MARGIN + count, middle);
      for (int c = 0; c < count; c++) {
        g.setColor(colours[c] == null ? QUIET : colours[c]);
        int y0 = middle - Math.round(envelope.high(first + c) * gain * half);
        int y1 = middle - Math.round(envelope.low(first + c) * gain * half);
        g.drawLine(MARGIN + c, y0, MARGIN + c, Math.max(y0, y1));
      }
    };
  }

  /** The words' colours are in their boxes only. */
  private static SoundDrawing spectrogram(Spectrogram spectrogram) {
    return (g, first, count, top, colours) -> {
      if (count > 0) {
        g.drawImage(spectrogram.image(first, first + count), MARGIN, top, null);
      }
    };
  }

  private static void box(
      Graphics2D g,
      String text,
      double fromX,
      double toX,
      int top,
      int height,
      int right,
      Color edge,
      int size) {
    int left = (int) Math.round(Math.max(MARGIN, fromX));
    int width = Math.max(1, (int) Math.round(Math.min(right, toX)) - left);
    g.setColor(new Color(edge.getRed(), edge.getGreen(), edge.getBlue(), 34));
    g.fillRect(left, top, width, height);
    g.setColor(edge);
    g.setStroke(new BasicStroke(1));
    g.drawRect(left, top, width, height - 1);
    g.setColor(INK);
    for (int points = size; points >= SMALLEST_TEXT; points--) {
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, points));
      FontMetrics metrics = g.getFontMetrics();
      int needed = metrics.stringWidth(text);
      if (needed <= width - 2) {
        int base = top + (height + metrics.getAscent() - metrics.getDescent()) / 2;
        g.drawString(text, left + (width - needed) / 2, base);
        return;
      }
    }
  }

  private void axis(Graphics2D g, double from, double to, double scale, int top) {
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    double step = 0.1;
    for (double wide : List.of(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)) {
      step = wide;
      if (wide * scale >= 70) {
        break;
      }
    }
    for (long k = (long) Math.ceil(from / step - 1e-9); k * step <= to + 1e-9; k++) {
      int x = MARGIN + (int) Math.round((k * step - from) * scale);
      g.setColor(LINE);
      g.drawLine(x, top, x, top + 5);
      String label = String.format(Locale.ROOT, step < 1 ? "%.1f s" : "%.0f s", k * step);
      int width = g.getFontMetrics().stringWidth(label);
      g.setColor(INK);
      g.drawString(label, Math.max(2, Math.min(WIDTH - width - 2, x - width / 2)), top + 17);
    }
  }

  /** From one colour for confidence 0 to another for 1. */
  private static Color colour(double confidence) {
    double c = Math.max(0, Math.min(1, confidence));
    return new Color(
        (int) Math.round(UNSURE.getRed() + c * (SURE.getRed() - UNSURE.getRed())),
        (int) Math.round(UNSURE.getGreen() + c * (SURE.getGreen() - UNSURE.getGreen())),
        (int) Math.round(UNSURE.getBlue() + c * (SURE.getBlue() - UNSURE.getBlue())));
  }
}

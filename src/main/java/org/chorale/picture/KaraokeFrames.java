package org.chorale.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;
import org.chorale.subtitle.SubtitleCue;
import org.chorale.subtitle.SubtitleRules;
import org.chorale.subtitle.SubtitleShaper;
import org.chorale.syllable.Syllabifier;
import org.chorale.syllable.Syllable;

/**
 * The pictures of a karaoke video: two rows at a time, coloured from left to right as they are
 * sung, syllable by syllable; three dots count in after a long pause; below, how far the song is.
 * Frames are asked for in the order of time. Not thread-safe.
 */
public final class KaraokeFrames {

  /** Width of a picture. */
  public static final int WIDTH = 1280;

  /** Height of a picture. */
  public static final int HEIGHT = 720;

  private static final int ROW_HEIGHT = 110;
  private static final int MARGIN = 60;
  private static final int TEXT_SIZE = 60;
  private static final int SMALLEST_TEXT = 20;
  private static final double LONG_PAUSE_SECONDS = 4;
  private static final double COUNT_IN_SECONDS = 3;
  private static final int DOTS = 3;

  private static final Color TOP = new Color(0x12, 0x1a, 0x33);
  private static final Color BOTTOM = new Color(0x27, 0x3c, 0x66);
  private static final Color COMING = Color.WHITE;
  private static final Color SUNG = new Color(0xff, 0xc8, 0x3d);
  private static final Color EDGE = new Color(0x08, 0x0c, 0x18);

  /** Where the colour is at a time: from one x to the other while a syllable lasts. */
  private record Sweep(double start, double end, int fromX, int toX) {}

  /** A row, drawn once in either colour. */
  private record Row(BufferedImage coming, BufferedImage sung, List<Sweep> sweeps) {}

  private final Alignment alignment;
  private final Syllabifier syllabifier;
  private final List<SubtitleCue> cues;
  private final Map<Integer, List<Row>> drawn = new HashMap<>();
  private final BufferedImage background;
  private final BufferedImage frame =
      new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
  private int cue;

  /**
   * Frames of a song.
   *
   * @param syllabifier divides its words
   */
  public KaraokeFrames(Alignment alignment, Syllabifier syllabifier) {
    this.alignment = alignment;
    this.syllabifier = syllabifier;
    this.cues = new SubtitleShaper(SubtitleRules.KARAOKE).shape(alignment).cues();
    this.background = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = background.createGraphics();
    g.setPaint(new GradientPaint(0, 0, TOP, 0, HEIGHT, BOTTOM));
    g.fillRect(0, 0, WIDTH, HEIGHT);
    g.dispose();
  }

  /**
   * The picture at a time.
   *
   * @param seconds not before that of the last call
   * @return valid until the next call
   */
  public BufferedImage at(double seconds) {
    while (cue < cues.size() && cues.get(cue).endSeconds() <= seconds) {
      drawn.remove(cue);
      cue++;
    }
    Graphics2D g = frame.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.drawImage(background, 0, 0, null);
      if (cue < cues.size()) {
        double before = cue == 0 ? 0 : cues.get(cue - 1).endSeconds();
        double first = firstStart(cues.get(cue));
        boolean longPause = first - before >= LONG_PAUSE_SECONDS;
        boolean early = longPause && first - seconds <= COUNT_IN_SECONDS;
        if (seconds >= cues.get(cue).startSeconds() || early) {
          rows(g, seconds);
        }
        if (early && seconds < first) {
          dots(g, first - seconds);
        }
      }
      progress(g, seconds);
    } finally {
      g.dispose();
    }
    return frame;
  }

  /**
   * The bytes of the last picture: blue, green, red, row by row.
   *
   * @return the picture's own, valid until the next call of {@link #at}
   */
  public byte[] bgr() {
    return ((DataBufferByte) frame.getRaster().getDataBuffer()).getData();
  }

  private static double firstStart(SubtitleCue cue) {
    return cue.words().stream()
        .filter(AlignedWord::isTimed)
        .mapToDouble(AlignedWord::startSeconds)
        .findFirst()
        .orElse(cue.startSeconds());
  }

  private void rows(Graphics2D g, double seconds) {
    List<Row> rows = drawn.computeIfAbsent(cue, c -> draw(cues.get(c)));
    int top = HEIGHT / 2 - rows.size() * ROW_HEIGHT / 2;
    for (Row row : rows) {
      g.drawImage(row.coming(), 0, top, null);
      int x = 0;
      for (Sweep sweep : row.sweeps()) {
        if (seconds >= sweep.end()) {
          x = Math.max(x, sweep.toX());
        } else if (seconds > sweep.start()) {
          double share = (seconds - sweep.start()) / (sweep.end() - sweep.start());
          x = Math.max(x, (int) (sweep.fromX() + share * (sweep.toX() - sweep.fromX())));
        }
      }
      if (x > 0) {
        Shape whole = g.getClip();
        g.clipRect(0, top, x, ROW_HEIGHT);
        g.drawImage(row.sung(), 0, top, null);
        g.setClip(whole);
      }
      top += ROW_HEIGHT;
    }
  }

  private List<Row> draw(SubtitleCue cue) {
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < cue.rowStarts().size(); r++) {
      int from = cue.rowStarts().get(r);
      int to = r + 1 < cue.rowStarts().size() ? cue.rowStarts().get(r + 1) : cue.words().size();
      rows.add(row(cue.words().subList(from, to)));
    }
    return rows;
  }

  private Row row(List<AlignedWord> words) {
    String text = String.join(" ", words.stream().map(AlignedWord::text).toList());
    BufferedImage scratch = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = scratch.createGraphics();
    int size = TEXT_SIZE;
    FontMetrics metrics = g.getFontMetrics(font(size));
    while (metrics.stringWidth(text) > WIDTH - 2 * MARGIN && size > SMALLEST_TEXT) {
      size -= 2;
      metrics = g.getFontMetrics(font(size));
    }
    g.dispose();
    int left = (WIDTH - metrics.stringWidth(text)) / 2;
    List<Sweep> sweeps = new ArrayList<>();
    int at = 0;
    for (AlignedWord word : words) {
      List<Syllable> syllables = word.isTimed() ? syllabifier.syllables(word) : List.<Syllable>of();
      int letter = at;
      for (Syllable syllable : syllables) {
        int end = letter + syllable.text().length();
        sweeps.add(
            new Sweep(
                syllable.startSeconds(),
                syllable.endSeconds(),
                left + metrics.stringWidth(text.substring(0, letter)),
                left + metrics.stringWidth(text.substring(0, end))));
        letter = end;
      }
      at += word.text().length() + 1;
    }
    int base = (ROW_HEIGHT + metrics.getAscent() - metrics.getDescent()) / 2;
    return new Row(
        drawn(text, size, left, base, COMING), drawn(text, size, left, base, SUNG), sweeps);
  }

  private static Font font(int size) {
    return new Font(Font.SANS_SERIF, Font.BOLD, size);
  }

  private static BufferedImage drawn(String text, int size, int left, int base, Color colour) {
    BufferedImage image = new BufferedImage(WIDTH, ROW_HEIGHT, BufferedImage.TYPE_INT_ARGB);
    if (text.isEmpty()) {
      return image;
    }
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    Shape outline =
        new TextLayout(text, font(size), g.getFontRenderContext())
            .getOutline(AffineTransform.getTranslateInstance(left, base));
    g.setColor(EDGE);
    g.setStroke(new BasicStroke(8, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(outline);
    g.setColor(colour);
    g.fill(outline);
    g.dispose();
    return image;
  }

  /** One dot a second, the last of them in the last second. */
  private void dots(Graphics2D g, double left) {
    int lit = DOTS - (int) Math.ceil(left * DOTS / COUNT_IN_SECONDS) + 1;
    for (int d = 0; d < DOTS; d++) {
      g.setColor(d < lit ? SUNG : BOTTOM.brighter());
      g.fillOval(WIDTH / 2 + (d - 1) * 50 - 14, HEIGHT / 2 - 2 * ROW_HEIGHT, 28, 28);
    }
  }

  private void progress(Graphics2D g, double seconds) {
    double share = Math.min(1, seconds / Math.max(0.1, alignment.audio().durationSeconds()));
    g.setColor(new Color(255, 255, 255, 50));
    g.fillRoundRect(MARGIN, HEIGHT - 40, WIDTH - 2 * MARGIN, 6, 6, 6);
    g.setColor(SUNG);
    g.fillRoundRect(MARGIN, HEIGHT - 40, (int) (share * (WIDTH - 2 * MARGIN)), 6, 6, 6);
  }
}

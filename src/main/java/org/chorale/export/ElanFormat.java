package org.chorale.export;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.chorale.align.AlignedLine;
import org.chorale.align.AlignedPhone;
import org.chorale.align.AlignedWord;
import org.chorale.align.Alignment;

/**
 * ELAN's annotation format (EAF 3.0): a tier of lines, in it one of words, with phones one in the
 * words; milliseconds. Words without times stand in the text of their line only, from which they
 * are read back; lines without any are left out.
 */
final class ElanFormat extends TextualFormat {

  ElanFormat() {
    super("elan", "eaf");
  }

  @Override
  Charset encoding(ExportOptions options) {
    return StandardCharsets.UTF_8;
  }

  /** An annotation: its tier, its times and its text. */
  private record Annotation(long start, long end, String text) {}

  @Override
  void write(Song song, ExportOptions options, Appendable out) throws IOException {
    Alignment alignment = song.alignment();
    List<Annotation> lines = new ArrayList<>();
    List<Annotation> words = new ArrayList<>();
    List<Annotation> phones = new ArrayList<>();
    for (AlignedLine line : alignment.lines()) {
      int firstOfLine = words.size();
      for (int w = line.firstWord(); w < line.firstWord() + line.wordCount(); w++) {
        AlignedWord word = alignment.words().get(w);
        if (word.isTimed()) {
          add(words, word.startSeconds(), word.endSeconds(), word.text());
          if (options.phones()) {
            Annotation inside = words.get(words.size() - 1);
            for (AlignedPhone phone : word.phones()) {
              addInside(phones, phone, inside);
            }
          }
        }
      }
      if (words.size() > firstOfLine) {
        lines.add(
            new Annotation(
                words.get(firstOfLine).start(), words.get(words.size() - 1).end(), line.text()));
      }
    }
    document(alignment, lines, words, phones, out);
  }

  /** ELAN has no annotations without length and none that overlap in a tier. */
  private static void add(List<Annotation> tier, double start, double end, String text) {
    long floor = tier.isEmpty() ? 0 : tier.get(tier.size() - 1).end();
    long from = Math.max(floor, Times.millis(start));
    tier.add(new Annotation(from, Math.max(from + 1, Times.millis(end)), text));
  }

  private static void addInside(List<Annotation> tier, AlignedPhone phone, Annotation word) {
    long floor = tier.isEmpty() ? 0 : tier.get(tier.size() - 1).end();
    long from = Math.max(Math.max(floor, word.start()), Times.millis(phone.startSeconds()));
    long to = Math.min(word.end(), Math.max(from + 1, Times.millis(phone.endSeconds())));
    if (to > from) {
      tier.add(new Annotation(from, to, phone.phone()));
    }
  }

  private static void document(
      Alignment alignment,
      List<Annotation> lines,
      List<Annotation> words,
      List<Annotation> phones,
      Appendable out)
      throws IOException {
    // The schema wants a date; a real one would make two exports of one alignment differ.
    out.append(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ANNOTATION_DOCUMENT AUTHOR="chorale" DATE="2000-01-01T00:00:00Z" FORMAT="3.0" VERSION="3.0"\
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
         xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
          <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        """);
    if (!alignment.audio().path().isEmpty()) {
      out.append("    <MEDIA_DESCRIPTOR MEDIA_URL=\"")
          .append(Xml.escape(alignment.audio().path()))
          .append("\" MIME_TYPE=\"application/octet-stream\"/>\n");
    }
    out.append("    <PROPERTY NAME=\"language\">")
        .append(Xml.escape(alignment.language()))
        .append("</PROPERTY>\n  </HEADER>\n  <TIME_ORDER>\n");
    Map<Side, String> slots = slots(List.of(lines, words, phones));
    for (Map.Entry<Side, String> slot : slots.entrySet()) {
      out.append("    <TIME_SLOT TIME_SLOT_ID=\"")
          .append(slot.getValue())
          .append("\" TIME_VALUE=\"")
          .append(Long.toString(slot.getKey().time()))
          .append("\"/>\n");
    }
    out.append("  </TIME_ORDER>\n");
    int next = tier(out, "lines", "", 0, lines, slots, 1);
    next = tier(out, "words", "lines", 1, words, slots, next);
    if (!phones.isEmpty()) {
      tier(out, "phones", "words", 2, phones, slots, next);
    }
    out.append(
        """
          <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="lines" TIME_ALIGNABLE="true"/>
          <LINGUISTIC_TYPE CONSTRAINTS="Included_In" GRAPHIC_REFERENCES="false"\
         LINGUISTIC_TYPE_ID="included" TIME_ALIGNABLE="true"/>
          <CONSTRAINT DESCRIPTION="Time alignable annotations within the parent annotation's time\
         interval, gaps are allowed" STEREOTYPE="Included_In"/>
        </ANNOTATION_DOCUMENT>
        """);
  }

  /** The beginning or the end of an annotation: each has a slot of its own, as ELAN makes them. */
  private record Side(long time, int tier, int annotation, boolean end) {}

  private static Map<Side, String> slots(List<List<Annotation>> tiers) {
    List<Side> sides = new ArrayList<>();
    for (int t = 0; t < tiers.size(); t++) {
      for (int a = 0; a < tiers.get(t).size(); a++) {
        sides.add(new Side(tiers.get(t).get(a).start(), t, a, false));
        sides.add(new Side(tiers.get(t).get(a).end(), t, a, true));
      }
    }
    sides.sort(Comparator.comparingLong(Side::time));
    Map<Side, String> slots = new LinkedHashMap<>();
    for (Side side : sides) {
      slots.put(side, "ts" + (slots.size() + 1));
    }
    return slots;
  }

  private static int tier(
      Appendable out,
      String name,
      String parent,
      int order,
      List<Annotation> annotations,
      Map<Side, String> slots,
      int firstNumber)
      throws IOException {
    out.append("  <TIER LINGUISTIC_TYPE_REF=\"")
        .append(parent.isEmpty() ? "lines" : "included")
        .append(parent.isEmpty() ? "" : "\" PARENT_REF=\"" + parent)
        .append("\" TIER_ID=\"")
        .append(name)
        .append("\">\n");
    int number = firstNumber;
    for (int i = 0; i < annotations.size(); i++) {
      Annotation annotation = annotations.get(i);
      out.append("    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID=\"a")
          .append(Integer.toString(number++))
          .append("\" TIME_SLOT_REF1=\"")
          .append(slots.get(new Side(annotation.start(), order, i, false)))
          .append("\" TIME_SLOT_REF2=\"")
          .append(slots.get(new Side(annotation.end(), order, i, true)))
          .append("\"><ANNOTATION_VALUE>")
          .append(Xml.escape(annotation.text()))
          .append("</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>\n");
    }
    out.append("  </TIER>\n");
    return number;
  }

  @Override
  public boolean recognises(TimedFile file) {
    return file.text().stripLeading().startsWith("<")
        && file.text().contains("<ANNOTATION_DOCUMENT");
  }

  @Override
  public Song read(TimedFile file) throws FormatException {
    Xml.Node root = Xml.parse(file);
    if (!root.name().equals("ANNOTATION_DOCUMENT")) {
      throw file.wrong(root.line(), "<%s> is no ELAN document".formatted(root.name()));
    }
    SongBuilder builder = new SongBuilder(file);
    root.all("MEDIA_DESCRIPTOR").stream()
        .findFirst()
        .ifPresent(m -> builder.audio(m.attribute("MEDIA_URL")));
    root.all("PROPERTY").stream()
        .filter(p -> p.attribute("NAME").equals("language"))
        .findFirst()
        .ifPresent(p -> builder.language(p.allText()));
    Map<String, Double> slots = slots(file, root);
    Map<String, Tier.Interval> byId = new HashMap<>();
    List<Tier> tiers = new ArrayList<>();
    for (Xml.Node tier : root.all("TIER")) {
      List<Tier.Interval> intervals = new ArrayList<>();
      for (Xml.Node annotation : tier.all("ALIGNABLE_ANNOTATION")) {
        Double start = slots.get(annotation.attribute("TIME_SLOT_REF1"));
        Double end = slots.get(annotation.attribute("TIME_SLOT_REF2"));
        if (start == null || end == null) {
          throw file.wrong(annotation.line(), "an annotation refers to a time that is not there");
        }
        intervals.add(new Tier.Interval(start, end, annotation.allText().strip()));
        byId.put(annotation.attribute("ANNOTATION_ID"), intervals.get(intervals.size() - 1));
      }
      // Annotations of annotations have the times of what they refer to.
      for (Xml.Node annotation : tier.all("REF_ANNOTATION")) {
        Tier.Interval parent = byId.get(annotation.attribute("ANNOTATION_REF"));
        if (parent != null) {
          Tier.Interval its =
              new Tier.Interval(parent.start(), parent.end(), annotation.allText().strip());
          intervals.add(its);
          byId.put(annotation.attribute("ANNOTATION_ID"), its);
        }
      }
      intervals.removeIf(i -> i.text().isEmpty());
      intervals.sort((a, b) -> Double.compare(a.start(), b.start()));
      tiers.add(new Tier(tier.attribute("TIER_ID"), intervals));
    }
    Tier.read(tiers, builder);
    return builder.build();
  }

  /** Seconds by slot; slots without a time lie evenly between those that have one. */
  private static Map<String, Double> slots(TimedFile file, Xml.Node root) throws FormatException {
    Map<String, Double> slots = new HashMap<>();
    List<String> waiting = new ArrayList<>();
    double last = 0;
    for (Xml.Node slot : root.all("TIME_SLOT")) {
      String id = slot.attribute("TIME_SLOT_ID");
      String value = slot.attribute("TIME_VALUE");
      if (value.isEmpty()) {
        waiting.add(id);
        continue;
      }
      OptionalDouble millis = Times.parseNumber(value);
      if (millis.isEmpty()) {
        throw file.wrong(slot.line(), "'%s' is no time in milliseconds".formatted(value));
      }
      double seconds = millis.getAsDouble() / 1000;
      for (int i = 0; i < waiting.size(); i++) {
        slots.put(waiting.get(i), last + (seconds - last) * (i + 1) / (waiting.size() + 1));
      }
      waiting.clear();
      slots.put(id, seconds);
      last = seconds;
    }
    for (String id : waiting) {
      slots.put(id, last);
    }
    return slots;
  }
}

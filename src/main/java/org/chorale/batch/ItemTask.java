package org.chorale.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.chorale.align.Alignment;
import org.chorale.align.WordFilter;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.audio.ReadAheadSource;
import org.chorale.engine.AlignmentMode;
import org.chorale.export.CueShaper;
import org.chorale.export.ExportOptions;
import org.chorale.export.Song;
import org.chorale.export.TimedFormat;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextReader;

/**
 * The steps of an item: read and check, align, write. Each blocks and runs on a thread of its own;
 * an interrupt ends it. Thread-safe.
 */
final class ItemTask {

  private static final int SECONDS_OF_UNKNOWN_LENGTH = 600;

  private final BatchSettings settings;
  private final Storage storage;
  private final Aligner aligner;
  private final SongMaker songs;
  private final CueShaper cues;
  private final OutputNames names;
  private final DocumentReader documents = new DocumentReader();
  private final TextReader texts = new TextReader();
  private final TextParts parts = new TextParts(documents);
  private final PassageSearch passages;
  private final ObjectMapper json = new ObjectMapper();
  private final String digest;
  private final int budgetSeconds;
  private final Semaphore budget;

  /**
   * Steps of a job's items.
   *
   * @param cues how formats of subtitles cut their text
   * @param budgetSeconds audio that is aligned at the same time
   */
  ItemTask(
      BatchSettings settings,
      Storage storage,
      Aligner aligner,
      SongMaker songs,
      CueShaper cues,
      int budgetSeconds) {
    this.settings = settings;
    this.storage = storage;
    this.aligner = aligner;
    this.songs = songs;
    this.cues = cues;
    this.passages = new PassageSearch(aligner, parts);
    this.names = OutputNames.of(settings);
    this.digest = settings.digest();
    this.budgetSeconds = budgetSeconds;
    this.budget = new Semaphore(budgetSeconds, true);
  }

  /** An item that can be aligned. Its audio is being decoded already. */
  static final class Prepared implements AutoCloseable {
    private final Work work;
    private final String fingerprint;
    private final boolean unchanged;
    private final List<Path> audio;
    private final String mode;
    private final Document document;
    private final AudioSource source;
    private final JoinedSource joined;
    private final Path scratch;

    private Prepared(
        Work work,
        String fingerprint,
        boolean unchanged,
        List<Path> audio,
        String mode,
        Document document,
        AudioSource opened,
        Path scratch) {
      this.work = work;
      this.fingerprint = fingerprint;
      this.unchanged = unchanged;
      this.audio = audio;
      this.mode = mode;
      this.document = document;
      this.source = opened == null ? null : new ReadAheadSource(opened);
      this.joined = opened instanceof JoinedSource several ? several : null;
      this.scratch = scratch;
    }

    /** Whether it is what it was when its result was written. */
    boolean unchanged() {
      return unchanged;
    }

    String fingerprint() {
      return fingerprint;
    }

    /** What its container says of its length, seconds; 0 when it says nothing. */
    double expectedSeconds() {
      return source == null ? 0 : source.info().expectedSeconds();
    }

    @Override
    public void close() {
      if (source != null) {
        source.close();
      }
      if (scratch != null) {
        deleteFolder(scratch);
      }
    }
  }

  /** An item that is aligned but not written. */
  record Aligned(Prepared prepared, Alignment alignment, List<Segment> segments, double[] parts) {}

  /** Fetches the files of an item, fingerprints them, reads its text and opens its audio. */
  Prepared prepare(Work work) throws Exception {
    BatchItem item = work.item();
    checkOutputs(item);
    boolean remote =
        Storages.isRemote(item.text()) || item.audio().stream().anyMatch(Storages::isRemote);
    Path scratch = remote ? Files.createTempDirectory("chorale-item-") : null;
    boolean complete = false;
    try {
      List<Path> audio = new ArrayList<>();
      for (int a = 0; a < item.audio().size(); a++) {
        audio.add(fetch(item.audio().get(a), scratch, "audio" + a));
      }
      Path text = fetch(item.text(), scratch, "text");
      // Audio that is no file (a pipe) must be opened, not read twice; a text is read whole.
      List<Path> contents = new ArrayList<>(audio);
      contents.removeIf(f -> !Files.isRegularFile(f));
      contents.add(text);
      Document document = document(item, text);
      String fingerprint = Fingerprint.of(item, contents, digest);
      boolean unchanged = fingerprint.equals(work.known());
      String mode = unchanged ? item.mode() : mode(item, audio);
      AudioSource opened = unchanged ? null : open(item, audio, mode);
      complete = true;
      return new Prepared(work, fingerprint, unchanged, audio, mode, document, opened, scratch);
    } finally {
      if (!complete && scratch != null) {
        deleteFolder(scratch);
      }
    }
  }

  private Path fetch(String location, Path scratch, String folder) throws IOException {
    if (!Storages.isRemote(location)) {
      return storage.fetch(location, scratch);
    }
    // A folder each: two objects may have one name.
    return storage.fetch(location, Files.createDirectories(scratch.resolve(folder)));
  }

  private Document document(BatchItem item, Path text) throws TextException, IOException {
    Document document;
    if (Files.isRegularFile(text)) {
      try (InputStream in = Files.newInputStream(text)) {
        document = documents.parse(texts.read(in, item.text()), item.language());
      }
    } else {
      document = documents.parse(texts.read(text), item.language());
    }
    if (!aligner.canRead(item.mode(), document)) {
      throw new TextException(
          "The text '%s' is in a script that Chorale cannot pronounce; give it in Latin letters."
              .formatted(item.text()));
    }
    return document;
  }

  /** A result must not take the place of what it was made from. */
  private void checkOutputs(BatchItem item) throws TextException {
    for (String ending : names.endings(settings.segments())) {
      String output = storage.child(settings.output(), item.id() + ending);
      if (output.equals(item.text()) || item.audio().contains(output)) {
        throw new TextException(
            "The result '%s' would replace what the item is made from; give another folder with -o."
                .formatted(output));
      }
    }
  }

  /** What is heard in the first of its recordings where the item leaves it open. */
  private String mode(BatchItem item, List<Path> audio) throws IOException {
    if (!item.mode().equals(AlignmentMode.AUTO.tag())) {
      return item.mode();
    }
    Path first = audio.get(0);
    if (!Files.isRegularFile(first)) {
      return AlignmentMode.SPEECH.tag(); // a pipe can be heard only once
    }
    return aligner.heard(channels -> new AudioFiles().open(first.toString(), channels)).tag();
  }

  private AudioSource open(BatchItem item, List<Path> audio, String mode) throws IOException {
    int channels = aligner.channels(mode);
    AudioFiles files = new AudioFiles();
    return audio.size() == 1
        ? files.open(audio.get(0).toString(), channels)
        : new JoinedSource(item.audioNames(), i -> files.open(audio.get(i).toString(), channels));
  }

  /** Aligns an item; takes it over and closes it when it fails. */
  Aligned align(Prepared prepared) throws Exception {
    double expected = prepared.expectedSeconds();
    int seconds = expected > 0 ? (int) Math.ceil(expected) : SECONDS_OF_UNKNOWN_LENGTH;
    int permits = Math.max(1, Math.min(budgetSeconds, seconds));
    budget.acquire(permits);
    try {
      return alignNow(prepared);
    } finally {
      budget.release(permits);
    }
  }

  private Aligned alignNow(Prepared prepared) throws Exception {
    BatchItem item = prepared.work.item();
    Document document = prepared.document;
    Alignment alignment;
    double[] partSeconds = {};
    try (AudioSource source = prepared.source) {
      alignment = aligner.align(prepared.mode, source, document);
    }
    ForcedRounds.Opener opener =
        () -> new ReadAheadSource(open(item, prepared.audio, prepared.mode));
    Document heard = document;
    boolean longer = item.passage() == Passage.AUTO && PassageSearch.isNeeded(alignment, document);
    if (item.passage() == Passage.PART || longer) {
      PassageSearch.Found found =
          passages.narrow(alignment, document, item.text(), prepared.mode, opener);
      heard = found.part().document();
      alignment = TextParts.inWhole(found.alignment(), found.part());
    }
    List<Segment> segments = List.of();
    if (settings.segments()) {
      SegmentCutter cutter = SegmentCutter.standard(settings.segmentConfidence());
      Alignment sure =
          new ForcedRounds(aligner, parts, cutter).improve(alignment, heard, prepared.mode, opener);
      segments = cutter.cut(sure);
    }
    if (item.audio().size() > 1) {
      partSeconds = prepared.joined.seconds();
    }
    return new Aligned(prepared, named(alignment, item), segments, partSeconds);
  }

  /** Results call recordings as the manifest does: the same on every machine. */
  private static Alignment named(Alignment alignment, BatchItem item) {
    Alignment.Audio audio = alignment.audio();
    return alignment.withAudio(
        new Alignment.Audio(
            String.join("|", item.audioNames()),
            audio.durationSeconds(),
            audio.sampleRate(),
            audio.channels()));
  }

  /** Writes the results of an item and closes it. */
  ItemRecord write(Aligned aligned) throws Exception {
    try (Prepared prepared = aligned.prepared()) {
      Work work = prepared.work;
      BatchItem item = work.item();
      Alignment alignment = aligned.alignment();
      ItemStatus status = ItemStatus.of(alignment.verdict());
      String error = "";
      if (status == ItemStatus.MISMATCH && !settings.force()) {
        error =
            String.format(
                Locale.ROOT,
                "'%s' is not what is heard in '%s' (confidence %.2f%s); check that they"
                    + " belong together.",
                item.text(),
                String.join("|", item.audioNames()),
                alignment.confidence(),
                alignment.remark());
        withdraw(item);
      } else {
        Alignment kept = new WordFilter(settings.minConfidence()).apply(alignment);
        String recording = prepared.audio.size() == 1 ? prepared.audio.get(0).toString() : null;
        write(item.id(), songs.songs(Song.of(kept), recording));
        writeParts(item, kept, aligned.parts());
      }
      if (settings.segments()) {
        boolean refused = status == ItemStatus.MISMATCH && aligned.segments().isEmpty();
        writeSegments(item, refused ? List.of() : aligned.segments());
      }
      return new ItemRecord(
          work.stamp(),
          prepared.fingerprint,
          status,
          rounded(alignment.audio().durationSeconds()),
          rounded(alignment.confidence()),
          alignment.language(),
          error,
          true);
    }
  }

  private void write(String id, Map<String, Song> byFormat) throws IOException {
    ExportOptions options = ExportOptions.standard().withPhones(settings.phones()).withCues(cues);
    for (TimedFormat format : names.formats()) {
      storage.write(
          storage.child(settings.output(), id + names.ending(format)),
          out -> format.write(byFormat.get(format.name()), options, out));
    }
  }

  /**
   * Beside the whole, every recording of several has results of its own: the words that begin in
   * it, with its times.
   */
  private void writeParts(BatchItem item, Alignment whole, double[] seconds) throws IOException {
    double start = 0;
    for (int p = 0; p < seconds.length; p++) {
      boolean last = p == seconds.length - 1;
      double end = last ? Double.POSITIVE_INFINITY : start + seconds[p];
      Alignment part =
          RecordingParts.between(whole, item.audioNames().get(p), start, end, seconds[p]);
      write(item.id() + ".part" + (p + 1), songs.songs(Song.of(part), null));
      start += seconds[p];
    }
  }

  private void writeSegments(BatchItem item, List<Segment> segments) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Segment segment : segments) {
      ObjectNode line = json.createObjectNode();
      line.put("id", item.id());
      line.put("audio", String.join("|", item.audioNames()));
      line.put("start", rounded(segment.startSeconds()));
      line.put("end", rounded(segment.endSeconds()));
      line.put("text", segment.text());
      line.put("confidence", rounded(segment.confidence()));
      lines.append(json.writeValueAsString(line)).append('\n');
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    storage.write(
        storage.child(settings.output(), item.id() + OutputNames.SEGMENTS),
        out -> out.write(bytes));
  }

  /** Takes away results of what the item was before: they are not its own any more. */
  void withdraw(BatchItem item) throws Exception {
    checkOutputs(item); // never deletes what a user gave
    for (String ending : names.endings(settings.segments())) {
      storage.delete(storage.child(settings.output(), item.id() + ending));
    }
  }

  static double rounded(double value) {
    return BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).doubleValue();
  }

  private static void deleteFolder(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}

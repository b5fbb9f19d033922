package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.chorale.align.DurationModel;
import org.chorale.align.PhoneClasses;
import org.chorale.align.SearchSettings;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.evaluation.TruthSet;
import org.chorale.evaluation.TruthWord;
import org.chorale.follow.OnlineAligner;
import org.chorale.follow.OnlineEvent;
import org.chorale.follow.OnlineSettings;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.Device;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.text.Document;
import org.chorale.text.DocumentParser;

/**
 * How following a text copes with speakers who do not keep to it: who skip three lines, say a line
 * again, or say something else for a while. Latencies are in seconds of audio that had come in.
 *
 * <p>usage: Detours MODELS ONLINE_MODEL MANIFEST STREAMS [KEY=VALUE,...]... (streams a language and
 * kind); every further argument is a set of follow and search settings to try in place of the
 * manifest's.
 */
public final class Detours {

  private static final int RATE = AudioSource.SAMPLE_RATE;
  private static final int GAP = RATE / 2;
  private static final int LINES = 12;
  private static final int DISTINCT = 8;
  private static final int BEGINNING_WORDS = 3;
  private static final int OTHER_CLIPS = 3;

  private enum Kind {
    PLAIN,
    SKIP,
    REPEAT,
    OTHER
  }

  private record Clip(float[] samples, String text, List<TruthWord> words) {}

  /**
   * A stream: per word of the text when it is said (the first time), NaN if never; the detour
   * begins and is over at those seconds.
   */
  private record Script(
      Kind kind,
      float[] samples,
      Document document,
      double[] starts,
      double[] ends,
      double detourFrom,
      double detourTo,
      int lineAfter,
      List<float[]> emissions,
      List<Double> heard) {}

  private Detours() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    OrtRuntime runtime = new OrtRuntime(2, Device.cpu());
    Path models = Path.of(args[0]);
    ModelFolder online = ModelFolder.open(Path.of(args[1]));
    int count = Integer.parseInt(args[3]);
    try (Pronouncer pronouncer =
            Pronouncer.load(ModelFolder.open(models.resolve("g2p-v1")), runtime);
        TextFollower follower = TextFollower.load(online, pronouncer, runtime)) {
      List<Script> scripts = new ArrayList<>();
      Random random = new Random(7);
      List<TruthSet.Item> items = TruthSet.read(Path.of(args[2])).items();
      List<String> languages = items.stream().map(TruthSet.Item::language).distinct().toList();
      for (String language : languages) {
        List<Clip> clips =
            clips(items.stream().filter(i -> i.language().equals(language)).toList());
        if (clips.stream().map(Clip::text).distinct().count() <= DISTINCT) {
          continue;
        }
        for (Kind kind : Kind.values()) {
          for (int s = 0; s < count; s++) {
            scripts.add(hear(follower, script(kind, clips, language, random)));
          }
        }
      }
      PhoneClasses classes =
          PhoneMethod.classes(
              follower.model().phones(),
              follower.model().frameSamples(),
              DurationModel.none(follower.model().phones().symbols().size()));
      PhoneReadings readings = new PhoneReadings(pronouncer, follower.model().phones().symbols());
      List<String> trials = new ArrayList<>(List.of(""));
      trials.addAll(Arrays.asList(args).subList(4, args.length));
      for (String trial : trials) {
        OnlineSettings settings = settings(online, trial);
        System.out.println("settings: " + (trial.isEmpty() ? "as in the manifest" : trial));
        for (Kind kind : Kind.values()) {
          report(kind, scripts, readings, classes, settings);
        }
      }
    }
  }

  private static OnlineSettings settings(ModelFolder online, String trial) {
    var json = (ObjectNode) online.manifest().json().deepCopy();
    var follow = json.with("follow");
    var search = json.with("search");
    SearchSettings standard = SearchSettings.defaults();
    for (String pair : trial.isEmpty() ? new String[0] : trial.split(",")) {
      String[] parts = pair.split("=");
      double value = Double.parseDouble(parts[1]);
      if (follow.has(parts[0])) {
        follow.put(parts[0], value);
      } else {
        search.put(parts[0], value);
      }
    }
    return new OnlineSettings(
        new SearchSettings(
            number(search, "priorScale", standard.priorScale()),
            number(search, "skipEntryCost", standard.skipEntryCost()),
            number(search, "skipWordCost", standard.skipWordCost()),
            number(search, "starEntryCost", standard.starEntryCost()),
            number(search, "starFrameCost", standard.starFrameCost()),
            number(search, "asideEntryCost", standard.asideEntryCost()),
            number(search, "hesitationFrameCost", standard.hesitationFrameCost()),
            number(search, "durationWeight", standard.durationWeight()),
            number(search, "beam", standard.beam())),
        (float) follow.path("jumpCost").asDouble(),
        (float) follow.path("farCost").asDouble(),
        (float) follow.path("backCost").asDouble(),
        (float) follow.path("beam").asDouble(),
        (float) follow.path("finalBeam").asDouble(),
        follow.path("maximumLagFrames").asInt(),
        new OnlineSettings.WordConfidence(0, 1, 1));
  }

  private static float number(JsonNode settings, String name, float standard) {
    return (float) settings.path(name).asDouble(standard);
  }

  private static void report(
      Kind kind,
      List<Script> scripts,
      PhoneReadings readings,
      PhoneClasses classes,
      OnlineSettings settings)
      throws Exception {
    int said = 0;
    int told = 0;
    int unsaidTold = 0;
    int near = 0;
    List<Double> latencies = new ArrayList<>();
    List<Double> relocks = new ArrayList<>();
    List<Double> cursors = new ArrayList<>();
    int streams = 0;
    for (Script script : scripts) {
      if (script.kind() != kind) {
        continue;
      }
      streams++;
      OnlineAligner aligner =
          new OnlineAligner(script.document(), readings.of(script.document()), classes, settings);
      double relock = Double.POSITIVE_INFINITY;
      double cursor = Double.POSITIVE_INFINITY;
      said += (int) Arrays.stream(script.starts()).filter(s -> !Double.isNaN(s)).count();
      for (int k = 0; k < script.emissions().size(); k++) {
        float[] step = script.emissions().get(k);
        double now = script.heard().get(k);
        List<OnlineEvent> events =
            new ArrayList<>(aligner.accept(step, step.length / classes.symbols().size()));
        if (k == script.emissions().size() - 1) {
          events.addAll(aligner.settle());
        }
        for (OnlineEvent event : events) {
          if (event instanceof OnlineEvent.Final word) {
            double start = script.starts()[word.word()];
            boolean right = Math.abs(word.startSeconds() - start) <= 0.2;
            told++;
            unsaidTold += Double.isNaN(start) ? 1 : 0;
            near += right ? 1 : 0;
            if (!Double.isNaN(start)) {
              latencies.add(now - script.ends()[word.word()]);
            }
            if (right && start >= script.detourTo()) {
              relock = Math.min(relock, now - script.detourTo());
            }
          } else if (event instanceof OnlineEvent.Cursor at && now > script.detourTo()) {
            boolean there = script.document().words().get(at.word()).line() >= script.lineAfter();
            cursor = there ? Math.min(cursor, now - script.detourTo()) : Double.POSITIVE_INFINITY;
          }
        }
      }
      if (kind != Kind.PLAIN) {
        relocks.add(relock);
        cursors.add(cursor);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-6s %d streams, %d words said: %.1f %% told, %.1f %% of those within 200 ms, %d told that were not said;"
            + " latency %s%n",
        kind,
        streams,
        said,
        100.0 * (told - unsaidTold) / said,
        100.0 * near / Math.max(1, told),
        unsaidTold,
        quantiles(latencies));
    if (kind != Kind.PLAIN) {
      System.out.printf(
          "       first right word after it %s; cursor %s%n",
          quantiles(relocks), quantiles(cursors));
    }
  }

  private static String quantiles(List<Double> seconds) {
    List<Double> sorted = seconds.stream().sorted(Comparator.naturalOrder()).toList();
    if (sorted.isEmpty()) {
      return "-";
    }
    StringBuilder out = new StringBuilder();
    for (double q : new double[] {0.5, 0.75, 0.9, 0.95}) {
      out.append(
          String.format(
              Locale.ROOT,
              "p%.0f %.2f ",
              100 * q,
              sorted.get((int) Math.min(sorted.size() - 1, q * sorted.size()))));
    }
    long within = sorted.stream().filter(s -> s <= 2).count();
    return out.append(
            String.format(Locale.ROOT, "(%.0f %% within 2 s)", 100.0 * within / sorted.size()))
        .toString();
  }

  private static List<Clip> clips(List<TruthSet.Item> items) throws IOException {
    List<Clip> clips = new ArrayList<>();
    for (TruthSet.Item item : items) {
      List<TruthWord> truth = item.truth();
      String text = Files.readString(item.text()).strip().replaceAll("\\s+", " ");
      if (text.split(" ").length != truth.size()) {
        continue; // words and text must go one to one
      }
      try (AudioSource source = new AudioFiles().open(item.audio().toString())) {
        float[] samples = new float[RATE * 40];
        int filled = 0;
        int count;
        while ((count = source.read(samples, filled, samples.length - filled)) > 0) {
          filled += count;
        }
        // From the first word on, so that nobody waits for silence.
        int from = (int) Math.max(0, (truth.get(0).startSeconds() - 0.1) * RATE);
        clips.add(
            new Clip(
                Arrays.copyOfRange(samples, from, filled),
                text,
                truth.stream()
                    .map(
                        w ->
                            new TruthWord(
                                w.startSeconds() - from / (double) RATE,
                                w.endSeconds() - from / (double) RATE,
                                w.spelling()))
                    .toList()));
      }
    }
    return clips;
  }

  /**
   * Whether two clips begin with the same words. Who skips a line and says one that begins like it
   * cannot be told from who does not.
   */
  private static boolean beginLike(Clip one, Clip other) {
    return Arrays.equals(firstWords(one), firstWords(other));
  }

  private static String[] firstWords(Clip clip) {
    return Arrays.copyOf(clip.text().split(" "), BEGINNING_WORDS);
  }

  private static Script script(Kind kind, List<Clip> clips, String language, Random random) {
    List<Clip> lines = new ArrayList<>();
    List<Clip> pool = new ArrayList<>(clips);
    Collections.shuffle(pool, random);
    while (lines.size() < LINES) {
      Clip clip = pool.get(random.nextInt(pool.size()));
      int from = Math.max(0, lines.size() - DISTINCT);
      if (lines.subList(from, lines.size()).stream().noneMatch(c -> beginLike(c, clip))) {
        lines.add(clip);
      }
    }
    lines = lines.subList(0, LINES);
    List<String> written = lines.stream().map(Clip::text).toList();
    List<Clip> others =
        pool.stream().filter(c -> !written.contains(c.text())).limit(OTHER_CLIPS).toList();
    int detour = 3 + random.nextInt(4);
    List<float[]> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    List<Double> starts = new ArrayList<>();
    List<Double> ends = new ArrayList<>();
    int at = 0;
    double from = Double.POSITIVE_INFINITY;
    double to = Double.POSITIVE_INFINITY;
    for (int l = 0; l < LINES; l++) {
      if (l == detour && kind != Kind.PLAIN) {
        from = at / (double) RATE;
        List<Clip> between =
            kind == Kind.OTHER ? others : kind == Kind.REPEAT ? lines.subList(l - 2, l) : List.of();
        for (Clip clip : between) {
          parts.add(clip.samples());
          parts.add(new float[GAP]);
          at += clip.samples().length + GAP;
        }
      }
      text.append(lines.get(l).text()).append('\n');
      boolean silent = kind == Kind.SKIP && l >= detour && l < detour + 3;
      if (kind != Kind.PLAIN && l == detour + (kind == Kind.SKIP ? 3 : 0)) {
        to = at / (double) RATE + lines.get(l).words().get(0).startSeconds();
      }
      for (TruthWord word : lines.get(l).words()) {
        starts.add(silent ? Double.NaN : at / (double) RATE + word.startSeconds());
        ends.add(silent ? Double.NaN : at / (double) RATE + word.endSeconds());
      }
      if (!silent) {
        parts.add(lines.get(l).samples());
        parts.add(new float[GAP]);
        at += lines.get(l).samples().length + GAP;
      }
    }
    float[] all = new float[at];
    int filled = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, filled, part.length);
      filled += part.length;
    }
    return new Script(
        kind,
        all,
        new DocumentParser().parse(text.toString(), language),
        starts.stream().mapToDouble(Double::doubleValue).toArray(),
        ends.stream().mapToDouble(Double::doubleValue).toArray(),
        from,
        to - 1e-6,
        detour + (kind == Kind.SKIP ? 3 : 0),
        new ArrayList<>(),
        new ArrayList<>());
  }

  private static Script hear(TextFollower follower, Script script) throws Exception {
    TextStream stream = follower.open(script.document());
    int block = follower.model().stepSamples();
    for (int at = 0; at <= script.samples().length; at += block) {
      stream.add(script.samples(), at, Math.min(block, script.samples().length - at));
      if (at + block > script.samples().length) {
        stream.end();
      }
      for (float[] step = stream.nextStep(); step != null; step = stream.nextStep()) {
        float[] emissions = follower.model().step(List.of(stream.state()), List.of(step)).get(0);
        script.emissions().add(emissions);
        script.heard().add(Math.min(stream.samples(), at + block) / (double) RATE);
      }
    }
    return script;
  }
}

package org.chorale.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.evaluation.TruthSet;
import org.chorale.evaluation.TruthWord;

/**
 * Many clients at a time that speak recordings of a truth set in real time, one after the other
 * with half a second of silence between, and measure when words become final: by the wall clock,
 * from the moment at which the truth says that the word had been spoken to the arrival of its
 * event.
 *
 * <p>Usage: LiveLoad URL MANIFEST STREAMS SECONDS [skip] [speed=N]; with {@code skip} every stream
 * leaves out three lines of its text half-way, and the time until it is followed again is measured,
 * too; with a speed the recordings are sent N times as fast as they are spoken, for soaking, and
 * latencies mean little.
 */
public final class LiveLoad {

  private static final int RATE = AudioSource.SAMPLE_RATE;
  private static final int BLOCK = RATE / 20;
  private static final int DISTINCT = 7;
  private static final int GAP = RATE / 2;

  /** One clip of the truth set. */
  private record Clip(float[] samples, String text, List<TruthWord> words) {}

  /** What one stream says: samples, text, and per word of the text when it ends; NaN if unsaid. */
  private record Script(
      float[] samples, String text, List<Double> starts, List<Double> ends, double relockFrom) {}

  /** An event and when it came, seconds from the stream's beginning. */
  private record Arrival(double seconds, JsonNode event) {}

  private LiveLoad() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    URI url = URI.create(args[0]);
    int streams = Integer.parseInt(args[2]);
    double seconds = Double.parseDouble(args[3]);
    List<String> more = Arrays.asList(args).subList(4, args.length);
    boolean skip = more.contains("skip");
    double speed =
        more.stream()
            .filter(a -> a.startsWith("speed="))
            .mapToDouble(a -> Double.parseDouble(a.substring(6)))
            .findFirst()
            .orElse(1);
    List<Clip> clips = clips(Path.of(args[1]));
    Random random = new Random(1);
    List<Script> scripts = new ArrayList<>();
    for (int s = 0; s < streams; s++) {
      scripts.add(script(clips, seconds, skip, random));
    }
    HttpClient http = HttpClient.newHttpClient();
    ExecutorService threads = Executors.newFixedThreadPool(streams);
    List<Future<List<Arrival>>> runs = new ArrayList<>();
    for (int s = 0; s < streams; s++) {
      Script script = scripts.get(s);
      // Spread over the time that a session takes to begin, as clients would be.
      long delay = Math.round(1e9 * s * Math.min(0.1, 20.0 / streams));
      runs.add(threads.submit(() -> speak(http, url, script, delay, speed)));
    }
    List<Double> latencies = new ArrayList<>();
    List<Double> errors = new ArrayList<>();
    List<Double> relocks = new ArrayList<>();
    int said = 0;
    int failed = 0;
    for (int s = 0; s < streams; s++) {
      Script script = scripts.get(s);
      said += (int) script.ends().stream().filter(e -> !Double.isNaN(e)).count();
      try {
        double relocked = Double.NaN;
        for (Arrival arrival : runs.get(s).get()) {
          JsonNode event = arrival.event();
          if (event.path("type").asText().equals("word")) {
            int index = event.path("index").asInt();
            double end = script.ends().get(index);
            if (!Double.isNaN(end)) {
              latencies.add(arrival.seconds() - end);
              errors.add(Math.abs(event.path("start").asDouble() - script.starts().get(index)));
              if (script.starts().get(index) >= script.relockFrom() && Double.isNaN(relocked)) {
                relocked = arrival.seconds() - script.relockFrom();
              }
            }
          }
        }
        if (skip && !Double.isNaN(relocked)) {
          relocks.add(relocked);
        }
      } catch (java.util.concurrent.ExecutionException e) {
        failed++;
        System.err.println(e.getCause());
      }
    }
    threads.shutdownNow();
    System.out.printf(
        Locale.ROOT,
        "%d streams of %.0f s, %d failed; %d of %d words final (%.1f %%)%n",
        streams,
        seconds,
        failed,
        latencies.size(),
        said,
        100.0 * latencies.size() / said);
    print("latency of final words", latencies);
    System.out.printf(
        Locale.ROOT,
        "starts within 200 ms: %.1f %% of the final words%n",
        100.0 * errors.stream().filter(e -> e <= 0.2).count() / Math.max(1, errors.size()));
    if (skip) {
      print("first final word after three skipped lines", relocks);
    }
    System.exit(0);
  }

  private static void print(String what, List<Double> seconds) {
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    System.out.println(
        what
            + ": "
            + Arrays.stream(new double[] {0.5, 0.9, 0.95, 0.99, 0.999})
                .mapToObj(
                    q ->
                        String.format(
                            Locale.ROOT,
                            "p%s %.0f ms",
                            100 * q,
                            1000 * sorted[(int) Math.min(sorted.length - 1, q * sorted.length)]))
                .collect(Collectors.joining(", ")));
  }

  private static List<Arrival> speak(
      HttpClient http, URI url, Script script, long delayNanos, double speed)
      throws IOException, InterruptedException {
    TimeUnit.NANOSECONDS.sleep(delayNanos);
    List<Arrival> arrivals = Collections.synchronizedList(new ArrayList<>());
    long[] began = {System.nanoTime()};
    try (LiveClient client =
        new LiveClient(
            http,
            url,
            Optional.empty(),
            RATE,
            e -> arrivals.add(new Arrival(speed * (System.nanoTime() - began[0]) / 1e9, e)))) {
      client.start(script.text(), "auto", "speech");
      began[0] = System.nanoTime();
      int block = (int) (BLOCK * Math.max(1, speed));
      for (int at = 0; at < script.samples().length; at += block) {
        int to = Math.min(script.samples().length, at + block);
        // A block can be sent when its last sample has been spoken.
        long due = began[0] + Math.round(1e9 * to / RATE / speed);
        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
        client.send(bytes(script.samples(), at, to));
      }
      client.finish(Duration.ofMinutes(10));
      return List.copyOf(arrivals);
    }
  }

  private static byte[] bytes(float[] samples, int from, int to) {
    ByteBuffer out = ByteBuffer.allocate(2 * (to - from)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < to; i++) {
      out.putShort((short) Math.round(samples[i] * 32767));
    }
    return out.array();
  }

  private static List<Clip> clips(Path manifest) throws IOException {
    List<Clip> clips = new ArrayList<>();
    for (TruthSet.Item item : TruthSet.read(manifest).items()) {
      List<TruthWord> truth = item.truth();
      String text = Files.readString(item.text()).strip().replaceAll("\\s+", " ");
      if (text.split(" ").length != truth.size()) {
        continue; // words and text must go one to one
      }
      try (AudioSource source = new AudioFiles().open(item.audio().toString())) {
        float[] samples = new float[RATE * 120];
        int filled = 0;
        int count;
        while ((count = source.read(samples, filled, samples.length - filled)) > 0) {
          filled += count;
        }
        clips.add(new Clip(Arrays.copyOf(samples, filled), text, truth));
      }
    }
    return clips;
  }

  /** The first three words. */
  private static String beginning(String text) {
    return Arrays.stream(text.split(" ")).limit(3).collect(Collectors.joining(" "));
  }

  private static Script script(List<Clip> clips, double seconds, boolean skip, Random random) {
    List<float[]> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    List<Double> starts = new ArrayList<>();
    List<Double> ends = new ArrayList<>();
    int at = 0;
    double relockFrom = Double.POSITIVE_INFINITY;
    int unsaid = 0;
    List<String> recent = new ArrayList<>();
    boolean skipped = false;
    while (at < seconds * RATE) {
      Clip clip = clips.get(random.nextInt(clips.size()));
      String beginning = beginning(clip.text());
      if (recent.contains(beginning)) {
        continue; // the same sentence again would be a place to jump to
      }
      recent.add(beginning);
      if (recent.size() > DISTINCT) {
        recent.remove(0);
      }
      text.append(clip.text()).append('\n');
      if (skip && !skipped && at > seconds * RATE / 2) {
        skipped = true;
        unsaid = 3;
      }
      boolean silent = unsaid > 0;
      for (TruthWord word : clip.words()) {
        starts.add(silent ? Double.NaN : at / (double) RATE + word.startSeconds());
        ends.add(silent ? Double.NaN : at / (double) RATE + word.endSeconds());
      }
      if (silent) {
        unsaid--;
        if (unsaid == 0) {
          relockFrom = at / (double) RATE;
        }
        continue;
      }
      parts.add(clip.samples());
      parts.add(new float[GAP]);
      at += clip.samples().length + GAP;
    }
    float[] all = new float[at];
    int filled = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, filled, part.length);
      filled += part.length;
    }
    return new Script(all, text.toString(), starts, ends, relockFrom);
  }
}

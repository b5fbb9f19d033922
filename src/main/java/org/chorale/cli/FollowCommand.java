package org.chorale.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.client.LiveClient;
import org.chorale.text.TextReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Streams a recording to a service as if it were live. */
@Command(
    name = "follow",
    description = "Streams AUDIO to a service in real time and prints words as they become final.",
    mixinStandardHelpOptions = true)
final class FollowCommand implements Callable<Integer> {

  private static final int BLOCK_SAMPLES = 800;
  private static final String DEFAULT_URL = "ws://127.0.0.1:8080/v1/align";

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "AUDIO", description = "Anything FFmpeg decodes.")
  private String audio;

  @Parameters(index = "1", paramLabel = "TEXT", description = "Its text; - is standard input.")
  private String text;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "WebSocket of the service; "
              + DEFAULT_URL
              + " by default. May be repeated for the nodes of a cluster: when one is gone, the"
              + " next one goes on.")
  private List<URI> urls = new ArrayList<>();

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:CHORALE_SERVICE_TOKEN}",
      description = "Bearer token; CHORALE_SERVICE_TOKEN by default.")
  private String token;

  @Option(
      names = {"-l", "--language"},
      paramLabel = "CODE",
      defaultValue = "auto",
      description = "Language of the text; auto (default) finds it.")
  private String language;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "speech",
      description = "speech (default) or lyrics.")
  private String mode;

  @Option(
      names = "--pace",
      paramLabel = "X",
      defaultValue = "1",
      description = "Times real time; 0 for as fast as the service takes it.")
  private double pace;

  @Option(names = "--json", description = "Print events as they come, one JSON object a line.")
  private boolean json;

  @Option(names = "--verbose", description = "Stack traces on errors.")
  private boolean verbose;

  FollowCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    if (pace < 0) {
      throw new ParameterException(spec.commandLine(), "--pace is a number of at least 0.");
    }
    if (urls.isEmpty()) {
      urls.add(URI.create(DEFAULT_URL));
    }
    List<URI> sockets =
        urls.stream()
            .map(u -> u.getPath() == null || u.getPath().length() <= 1 ? u.resolve("/v1/align") : u)
            .toList();
    String script = new TextReader().read(text).text();
    Optional<String> bearer = Optional.ofNullable(token).filter(t -> !t.isBlank());
    try (AudioSource source = new AudioFiles().open(audio);
        LiveClient client =
            new LiveClient(
                HttpClient.newHttpClient(),
                sockets,
                bearer,
                AudioSource.SAMPLE_RATE,
                this::print)) {
      client.start(script, language, mode);
      send(source, client);
      // The result takes a share of the recording's length.
      client.finish(Duration.ofSeconds(60 + Math.round(client.sentSeconds())));
    }
    return Main.ALIGNED;
  }

  private void send(AudioSource source, LiveClient client)
      throws IOException, InterruptedException {
    float[] block = new float[BLOCK_SAMPLES];
    long began = System.nanoTime();
    int count;
    while ((count = source.read(block, 0, block.length)) >= 0) {
      client.send(samples(block, count));
      if (pace > 0) {
        long due = began + Math.round(client.sentSeconds() / pace * 1e9);
        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      }
    }
  }

  private static byte[] samples(float[] block, int count) {
    ByteBuffer out = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int sample = Math.round(block[i] * 32768);
      out.putShort((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample)));
    }
    return out.array();
  }

  private void print(JsonNode event) {
    if (json) {
      environment.out().println(event);
    } else if (event.path("type").asText().equals("word")) {
      environment
          .out()
          .printf(
              Locale.ROOT,
              "%8.3f %8.3f  %.2f  %s%n",
              event.path("start").asDouble(),
              event.path("end").asDouble(),
              event.path("confidence").asDouble(),
              event.path("text").asText());
    }
    environment.out().flush();
  }
}

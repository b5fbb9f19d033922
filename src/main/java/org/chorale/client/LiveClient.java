package org.chorale.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A client of the live service: sends 16-bit samples, hears events, and goes on where it was when
 * its connection drops. Bytes that the service has not acknowledged are kept, a second or two of
 * audio. Used by one thread; events are told on another.
 */
public final class LiveClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int TRIES = 5;
  private static final int SAMPLE_BYTES = 2;

  private final HttpClient http;
  private final URI uri;
  private final Optional<String> token;
  private final int sampleRate;
  private final Consumer<JsonNode> events;
  private final ObjectMapper mapper = new ObjectMapper();
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final CompletableFuture<JsonNode> done = new CompletableFuture<>();

  /** Blocks sent that may have to be sent again, and the number of the first one's first byte. */
  private final Deque<byte[]> unsafe = new ArrayDeque<>();

  private long unsafeFrom;
  private long sentBytes;
  private volatile long safeBytes;
  private volatile long lastSeq;
  private volatile boolean lost;
  private volatile WebSocket socket;
  private String resumeToken;
  private int resumed;

  /**
   * A client, not connected yet.
   *
   * @param http shared by any number of clients
   * @param uri of the service's WebSocket
   * @param token bearer token, empty for none
   * @param sampleRate of the samples, Hz; they are mono
   * @param events told every event as it comes
   */
  public LiveClient(
      HttpClient http, URI uri, Optional<String> token, int sampleRate, Consumer<JsonNode> events) {
    this.http = http;
    this.uri = uri;
    this.token = token;
    this.sampleRate = sampleRate;
    this.events = events;
  }

  /** What the service answered in place of going on. */
  public static final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    RefusedException(JsonNode error) {
      super(
          "The service says: %s (%s)"
              .formatted(error.path("message").asText(), error.path("code").asText()));
      this.retryable = error.path("retryable").asBoolean();
    }

    /** Whether the same may work later. */
    public boolean isRetryable() {
      return retryable;
    }
  }

  /**
   * Begins a session and waits until it takes audio.
   *
   * @param language language of the text, or "auto"
   * @param mode "speech" or "lyrics"
   * @throws IOException when the service is not there or refuses
   */
  public void start(String text, String language, String mode)
      throws IOException, InterruptedException {
    connect();
    ObjectNode start = mapper.createObjectNode();
    start
        .put("type", "start")
        .put("text", text)
        .put("language", language)
        .put("mode", mode)
        .put("encoding", "pcm_s16le")
        .put("sampleRate", sampleRate)
        .put("channels", 1);
    say(start);
    resumeToken = answer("ready").path("resumeToken").asText();
  }

  private void connect() throws IOException, InterruptedException {
    lost = false;
    answers.clear();
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(CONNECT);
    token.ifPresent(t -> builder.header("Authorization", "Bearer " + t));
    try {
      socket = builder.buildAsync(uri, new Listener()).get();
    } catch (ExecutionException e) {
      throw new IOException(
          "There is no service at %s that lets this client in; start one with 'chorale serve', or see to"
                  .formatted(uri)
              + " its address and token.",
          e);
    }
  }

  private void say(JsonNode message) {
    try {
      socket.sendText(message.toString(), true).join();
    } catch (CompletionException | IllegalStateException e) {
      lost = true;
    }
  }

  private JsonNode answer(String type) throws IOException, InterruptedException {
    JsonNode answer = answers.poll(ANSWER.toSeconds(), TimeUnit.SECONDS);
    if (answer == null || lost) {
      throw new IOException("The service at %s does not answer; try again.".formatted(uri));
    }
    if (!answer.path("type").asText().equals(type)) {
      throw new RefusedException(answer);
    }
    return answer;
  }

  /**
   * Sends samples; waits while the service takes no more.
   *
   * @param samples 16-bit little-endian
   * @throws IOException when the service is gone and does not come back, or has ended the session
   */
  public void send(byte[] samples) throws IOException, InterruptedException {
    unsafe.add(samples);
    sentBytes += samples.length;
    push(samples);
    while (lost) {
      resume();
    }
    while (!unsafe.isEmpty() && unsafeFrom + unsafe.peek().length <= safeBytes) {
      unsafeFrom += unsafe.poll().length;
    }
    if (done.isCompletedExceptionally()) {
      result();
    }
  }

  private void push(byte[] samples) {
    try {
      socket.sendBinary(ByteBuffer.wrap(samples), true).join();
    } catch (CompletionException | IllegalStateException e) {
      lost = true;
    }
  }

  /** Connects again and sends what the service does not have. */
  private void resume() throws IOException, InterruptedException {
    if (done.isCompletedExceptionally()) {
      result();
    }
    for (int attempt = 1; ; attempt++) {
      try {
        connect();
        say(
            mapper
                .createObjectNode()
                .put("type", "resume")
                .put("resumeToken", resumeToken)
                .put("lastSeq", lastSeq));
        JsonNode answer = answer("resumed");
        resumed++;
        sendFrom(Math.round(answer.path("audioTime").asDouble() * sampleRate) * SAMPLE_BYTES);
        return;
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(200L << attempt);
      }
    }
  }

  private void sendFrom(long from) {
    long at = unsafeFrom;
    for (byte[] block : unsafe) {
      int skip = (int) Math.max(0, Math.min(block.length, from - at));
      if (skip < block.length) {
        byte[] rest = new byte[block.length - skip];
        System.arraycopy(block, skip, rest, 0, rest.length);
        push(rest);
      }
      at += block.length;
    }
  }

  /** Goes on at a word. */
  public void seek(int word) {
    say(mapper.createObjectNode().put("type", "seek").put("word", word));
  }

  /** Asks for what was heard to be final. */
  public void settle() {
    say(mapper.createObjectNode().put("type", "finalize"));
  }

  /** Drops the connection as a failing network would. */
  public void drop() {
    socket.abort();
    lost = true;
  }

  /** How often the client went on over another connection. */
  public int resumed() {
    return resumed;
  }

  /** Seconds of audio sent. */
  public double sentSeconds() {
    return sentBytes / (double) (SAMPLE_BYTES * sampleRate);
  }

  /**
   * Ends the audio and waits for the result.
   *
   * @return the alignment
   * @throws IOException when the service refuses it or is gone
   */
  public JsonNode finish(Duration patience) throws IOException, InterruptedException {
    while (true) {
      say(mapper.createObjectNode().put("type", "finish"));
      long until = System.nanoTime() + patience.toNanos();
      while (!lost && !done.isDone() && System.nanoTime() < until) {
        try {
          done.get(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          continue; // the connection may have dropped meanwhile
        } catch (ExecutionException e) {
          break;
        }
      }
      if (done.isDone() || !lost) {
        return result();
      }
      resume();
    }
  }

  private JsonNode result() throws IOException, InterruptedException {
    try {
      return done.get(0, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("The result did not come in time; give it more.", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
    }
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }

  private void heard(JsonNode event) {
    lastSeq = Math.max(lastSeq, event.path("seq").asLong());
    switch (event.path("type").asText()) {
      case "ready", "resumed" -> answers.add(event);
      case "ack" ->
          safeBytes = Math.round(event.path("audioTime").asDouble() * sampleRate) * SAMPLE_BYTES;
      case "done" -> done.complete(event.path("alignment"));
      case "error" -> {
        answers.add(event);
        done.completeExceptionally(new RefusedException(event));
      }
      default -> {}
    }
    events.accept(event);
  }

  /** One socket's events; what an older one still says does not count. */
  private final class Listener implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        try {
          heard(mapper.readTree(whole));
        } catch (IOException e) {
          done.completeExceptionally(
              new IOException("The service at %s speaks no JSON.".formatted(uri), e));
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      ended(from);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended(from);
    }

    private void ended(WebSocket from) {
      if (from == socket || socket == null) {
        lost = true;
      }
    }
  }
}

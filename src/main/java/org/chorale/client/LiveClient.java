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
import java.util.List;
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
 * its connection drops, on another node of a cluster if need be. Bytes that the service has not
 * acknowledged are kept, a second or two of audio. Used by one thread; events are told on another.
 */
public final class LiveClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int TRIES = 8;
  private static final long LONGEST_PAUSE_MILLIS = 3_000;
  private static final int SAMPLE_BYTES = 2;

  private final HttpClient http;
  private final List<URI> uris;
  private final Optional<String> token;
  private final int sampleRate;
  private final Consumer<JsonNode> events;
  private final ObjectMapper mapper = new ObjectMapper();
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final CompletableFuture<JsonNode> done = new CompletableFuture<>();

  /** Which of the addresses is, or was, connected. */
  private volatile int at;

  /** Whether an answer is waited for: what is wrong then may be right on another node. */
  private volatile boolean asking;

  /** Blocks sent that may have to be sent again, and the number of the first one's first byte. */
  private final Deque<byte[]> unsafe = new ArrayDeque<>();

  private long unsafeFrom;
  private long sentBytes;
  private volatile long safeBytes;
  private volatile long lastSeq;
  private volatile boolean lost;
  private volatile WebSocket socket;

  /** Hears the socket that counts. */
  private volatile Listener current;

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
    this(http, List.of(uri), token, sampleRate, events);
  }

  /**
   * A client of several nodes that share their sessions, not connected yet.
   *
   * @param http shared by any number of clients
   * @param uris of the nodes' WebSockets, the first of which is tried first; at least one
   * @param token bearer token, empty for none
   * @param sampleRate of the samples, Hz; they are mono
   * @param events told every event as it comes
   */
  public LiveClient(
      HttpClient http,
      List<URI> uris,
      Optional<String> token,
      int sampleRate,
      Consumer<JsonNode> events) {
    if (uris.isEmpty()) {
      throw new IllegalArgumentException("no address");
    }
    this.http = http;
    this.uris = List.copyOf(uris);
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
    ObjectNode start = mapper.createObjectNode();
    start
        .put("type", "start")
        .put("text", text)
        .put("language", language)
        .put("mode", mode)
        .put("encoding", "pcm_s16le")
        .put("sampleRate", sampleRate)
        .put("channels", 1);
    for (int more = uris.size() - 1; ; more--) {
      connect();
      try {
        resumeToken = ask(start, "ready").path("resumeToken").asText();
        return;
      } catch (RefusedException e) {
        if (!e.isRetryable() || more == 0) {
          throw e;
        }
        next();
      }
    }
  }

  private URI uri() {
    return uris.get(at);
  }

  private void next() {
    at = (at + 1) % uris.size();
  }

  /** Connects to the node that it was connected to, or else to the next one that answers. */
  private void connect() throws IOException, InterruptedException {
    for (int more = uris.size() - 1; ; more--) {
      try {
        connectHere();
        return;
      } catch (IOException e) {
        if (more == 0) {
          throw e;
        }
        next();
      }
    }
  }

  private void connectHere() throws IOException, InterruptedException {
    Listener listener = new Listener();
    current = listener;
    close();
    lost = false;
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(CONNECT);
    token.ifPresent(t -> builder.header("Authorization", "Bearer " + t));
    try {
      socket = builder.buildAsync(uri(), listener).get();
    } catch (ExecutionException e) {
      throw new IOException(
          "There is no service at %s that lets this client in; start one with 'chorale serve', or see to"
                  .formatted(uri())
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

  /** Says something and waits for the answer of that type. */
  private JsonNode ask(JsonNode message, String type) throws IOException, InterruptedException {
    answers.clear();
    asking = true;
    try {
      say(message);
      JsonNode answer = null;
      long until = System.nanoTime() + ANSWER.toNanos();
      while (answer == null && !lost && System.nanoTime() < until) {
        answer = answers.poll(100, TimeUnit.MILLISECONDS);
      }
      if (answer == null) {
        throw new IOException("The service at %s does not answer; try again.".formatted(uri()));
      }
      if (!answer.path("type").asText().equals(type)) {
        throw new RefusedException(answer);
      }
      return answer;
    } finally {
      asking = false;
    }
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
        JsonNode answer =
            ask(
                mapper
                    .createObjectNode()
                    .put("type", "resume")
                    .put("resumeToken", resumeToken)
                    .put("lastSeq", lastSeq),
                "resumed");
        resumed++;
        sendFrom(Math.round(answer.path("audioTime").asDouble() * sampleRate) * SAMPLE_BYTES);
        return;
      } catch (IOException e) {
        boolean hopeless = e instanceof RefusedException refused && !refused.isRetryable();
        if (hopeless || attempt == TRIES) {
          throw e;
        }
        next();
        TimeUnit.MILLISECONDS.sleep(Math.min(LONGEST_PAUSE_MILLIS, 200L << attempt));
      }
    }
  }

  private void sendFrom(long from) throws RefusedException {
    if (from < unsafeFrom) {
      throw new RefusedException(
          mapper
              .createObjectNode()
              .put("code", "internal")
              .put("message", "audio is lost that it had acknowledged; start another session"));
    }
    long begins = unsafeFrom;
    for (byte[] block : unsafe) {
      int skip = (int) Math.max(0, Math.min(block.length, from - begins));
      if (skip < block.length) {
        byte[] rest = new byte[block.length - skip];
        System.arraycopy(block, skip, rest, 0, rest.length);
        push(rest);
      }
      begins += block.length;
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
    events.accept(event); // before whoever waits for the last one goes away
    switch (event.path("type").asText()) {
      case "ready", "resumed" -> answers.add(event);
      case "ack" ->
          safeBytes = Math.round(event.path("audioTime").asDouble() * sampleRate) * SAMPLE_BYTES;
      case "done" -> done.complete(event.path("alignment"));
      case "error" -> {
        if (asking) {
          answers.add(event);
        } else {
          done.completeExceptionally(new RefusedException(event));
        }
      }
      default -> {}
    }
  }

  /** One socket's events; what an older one still says does not count. */
  private final class Listener implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last && this == current) {
        String whole = text.toString();
        text.setLength(0);
        try {
          heard(mapper.readTree(whole));
        } catch (IOException e) {
          done.completeExceptionally(
              new IOException("The service at %s speaks no JSON.".formatted(uri()), e));
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      ended();
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      ended();
    }

    private void ended() {
      if (this == current) {
        lost = true;
      }
    }
  }
}

// Follows a recording through its text: java Follow.java ws://127.0.0.1:8080/v1/align speech.wav text.txt en [TOKEN]
// speech.wav: 16 kHz, mono, 16 bit. Prints every event; the last is 'done' with the alignment.
import java.net.URI;
import java.net.http.*;
import java.nio.ByteBuffer;
import java.nio.file.*;
import java.util.concurrent.*;

public class Follow {
  public static void main(String[] args) throws Exception {
    byte[] wav = Files.readAllBytes(Path.of(args[1]));
    String text = Files.readString(Path.of(args[2])).replace("\\", "\\\\").replace("\"", "\\\"")
        .replace("\r", "").replace("\n", "\\n").replace("\t", " ");
    CountDownLatch ready = new CountDownLatch(1);
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    if (args.length > 4) builder.header("Authorization", "Bearer " + args[4]);
    WebSocket socket = builder.buildAsync(URI.create(args[0]), new WebSocket.Listener() {
      private final StringBuilder event = new StringBuilder();
      @Override public CompletionStage<?> onText(WebSocket s, CharSequence part, boolean last) {
        event.append(part); // events come in parts
        if (last) {
          System.out.println(event);
          if (event.indexOf("\"type\":\"ready\"") >= 0) ready.countDown();
          event.setLength(0);
        }
        s.request(1);
        return null;
      }
      @Override public CompletionStage<?> onClose(WebSocket s, int code, String why) { closed.complete(code); return null; }
      @Override public void onError(WebSocket s, Throwable error) { closed.completeExceptionally(error); }
    }).join();
    socket.sendText("{\"type\":\"start\",\"language\":\"%s\",\"mode\":\"speech\",\"text\":\"%s\",\"encoding\":\"pcm_s16le\",\"sampleRate\":16000,\"channels\":1}".formatted(args[3], text), true).join();
    CompletableFuture.anyOf(CompletableFuture.runAsync(() -> { try { ready.await(); } catch (InterruptedException e) { throw new CompletionException(e); } }), closed).join();
    for (int at = 44; at < wav.length && !closed.isDone(); at += 3200) { // 100 ms each, as a microphone gives them
      socket.sendBinary(ByteBuffer.wrap(wav, at, Math.min(3200, wav.length - at)), true).join();
      Thread.sleep(100);
    }
    if (!closed.isDone()) socket.sendText("{\"type\":\"finish\"}", true).join(); // the server closes after 'done'
    System.exit(closed.join() == 1000 ? 0 : 1);
  }
}

package org.chorale.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.NotUsed;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.http.javadsl.server.Directives;
import akka.stream.javadsl.Flow;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who may use the service, over the wire. */
class AccessTest {

  private static final String TOKEN = "0123456789abcdef-secret";
  private static final String WITH_TOKEN = "chorale.service.token = \"" + TOKEN + "\"\n";

  /** Says back what it hears. */
  private static final ServiceRoute ECHO =
      () ->
          Directives.path(
              "echo",
              () ->
                  Directives.extractRequest(
                      request ->
                          request
                              .getAttribute(AttributeKeys.webSocketUpgrade)
                              .map(
                                  upgrade ->
                                      Directives.complete(AccessPolicy.open(upgrade, echo())))
                              .orElseGet(Directives::reject)));

  private static Flow<Message, Message, NotUsed> echo() {
    return Flow.of(Message.class)
        .map(m -> TextMessage.create("heard " + m.asTextMessage().getStrictText()));
  }

  private static int status(RunningService service, String... headers) throws Exception {
    return service.get("v1/formats", headers).statusCode();
  }

  @Test
  void aTokenIsDemandedWhereOneIsSet() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), WITH_TOKEN)) {
      HttpResponse<String> refused = service.get("v1/formats");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate"))
          .hasValue("Bearer realm=\"chorale\"");
      assertThat(refused.body()).contains("\"code\":\"unauthorized\"").doesNotContain(TOKEN);
      assertThat(status(service, "Authorization", "Bearer " + TOKEN)).isEqualTo(200);
      assertThat(status(service, "Authorization", "bearer " + TOKEN)).isEqualTo(200);
      assertThat(status(service, "Authorization", "Bearer " + TOKEN + "x")).isEqualTo(401);
      assertThat(status(service, "Authorization", "Bearer ")).isEqualTo(401);
      assertThat(status(service, "Authorization", "Basic " + TOKEN)).isEqualTo(401);
      assertThat(service.get("metrics").statusCode()).isEqualTo(401);
      assertThat(service.get("health/live").statusCode()).isEqualTo(200);
      assertThat(service.get("").statusCode()).isEqualTo(200);
      assertThat(service.get("v1/no-such-thing").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void webSocketsPassTheSameChecks() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), WITH_TOKEN, ECHO)) {
      String offered =
          "chorale.bearer."
              + Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString(TOKEN.getBytes(StandardCharsets.UTF_8));
      assertThat(say(service, null, AccessPolicy.SUBPROTOCOL, offered)).isEqualTo("heard hello");
      assertThatThrownBy(() -> say(service, null, AccessPolicy.SUBPROTOCOL, "chorale.bearer.eHh4"))
          .satisfies(e -> assertThat(handshakeStatus(e)).isEqualTo(401));
      assertThatThrownBy(() -> say(service, null, AccessPolicy.SUBPROTOCOL, "chorale.bearer.%%"))
          .satisfies(e -> assertThat(handshakeStatus(e)).isEqualTo(401));
      assertThatThrownBy(
              () -> say(service, "https://evil.example", AccessPolicy.SUBPROTOCOL, offered))
          .satisfies(e -> assertThat(handshakeStatus(e)).isEqualTo(403));
    }
  }

  @Test
  void theSubprotocolIsChosenOnlyIfItIsOffered() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), "", ECHO)) {
      assertThat(say(service, null, null)).isEqualTo("heard hello");
      assertThat(say(service, null, "another", AccessPolicy.SUBPROTOCOL)).isEqualTo("heard hello");
    }
  }

  private static int handshakeStatus(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return ((WebSocketHandshakeException) cause).getResponse().statusCode();
  }

  private static String say(
      RunningService service, String origin, String protocol, String... more) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocket.Builder builder = service.client.newWebSocketBuilder();
    if (protocol != null) {
      builder.subprotocols(protocol, more);
    }
    if (origin != null) {
      builder.header("Origin", origin);
    }
    URI address = URI.create("ws" + service.address.toString().substring(4) + "echo");
    WebSocket socket =
        builder
            .buildAsync(
                address,
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(WebSocket s, CharSequence data, boolean last) {
                    answer.complete(data.toString());
                    return null;
                  }
                })
            .join();
    assertThat(socket.getSubprotocol()).isEqualTo(protocol == null ? "" : AccessPolicy.SUBPROTOCOL);
    socket.sendText("hello", true).join();
    String heard = answer.orTimeout(20, TimeUnit.SECONDS).join();
    socket.abort();
    return heard;
  }

  @Test
  void pagesOfOtherOriginsMayNot() throws Exception {
    String listed = "chorale.service.allowed-origins = [\"https://studio.example\"]";
    try (RunningService service = RunningService.start(new SilentEngine(), listed)) {
      String own = service.address.toString().replaceAll("/$", "");
      assertThat(status(service, "Origin", own)).isEqualTo(200);
      assertThat(status(service, "Origin", "https://evil.example")).isEqualTo(403);
      assertThat(status(service, "Origin", "null")).isEqualTo(403);
      assertThat(status(service, "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
      assertThat(status(service, "Sec-Fetch-Site", "same-origin")).isEqualTo(200);
      HttpResponse<String> allowed = service.get("v1/formats", "Origin", "https://studio.example");
      assertThat(allowed.statusCode()).isEqualTo(200);
      assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin"))
          .hasValue("https://studio.example");
      HttpResponse<String> preflight =
          service.send(
              service
                  .request("v1/align")
                  .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                  .headers(
                      "Origin", "https://studio.example", "Access-Control-Request-Method", "POST")
                  .build());
      assertThat(preflight.statusCode()).isEqualTo(204);
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
          .hasValue("Authorization, Content-Type");
    }
  }

  /** A name that was made to point at this machine is not the service's own. */
  @Test
  void namesThatAreNotItsOwnAreRefusedWithoutAToken() throws Exception {
    try (RunningService service = RunningService.start(new SilentEngine(), "")) {
      assertThat(raw(service, "evil.example")).startsWith("HTTP/1.1 403");
      assertThat(raw(service, "localhost:" + service.address.getPort())).startsWith("HTTP/1.1 200");
      assertThat(raw(service, "[::1]:80")).startsWith("HTTP/1.1 200");
    }
  }

  private static String raw(RunningService service, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.address.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /v1/formats HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aClientHasAShareOfRequests() throws Exception {
    try (RunningService service =
        RunningService.start(new SilentEngine(), "chorale.service.requests-per-minute = 6")) {
      assertThat(status(service)).isEqualTo(200);
      assertThat(status(service)).isEqualTo(200);
      assertThat(status(service)).isEqualTo(200);
      HttpResponse<String> refused = service.get("v1/formats");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 11L);
      assertThat(service.get("health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theShareGrowsBackWithTime() throws Exception {
    AtomicLong now = new AtomicLong();
    RequestRate rate = new RequestRate(60, now::get);
    InetAddress client = InetAddress.getByName("192.0.2.7");
    for (int k = 0; k < 30; k++) {
      assertThat(rate.refusal(client)).isEmpty();
    }
    assertThat(rate.refusal(client)).isPresent();
    assertThat(rate.refusal(InetAddress.getByName("192.0.2.8"))).isEmpty();
    now.addAndGet(1_000_000_000L);
    assertThat(rate.refusal(client)).isEmpty();
    assertThat(rate.refusal(client)).isPresent();
    InetAddress six = InetAddress.getByName("2001:db8::1");
    for (int k = 0; k < 30; k++) {
      assertThat(rate.refusal(six)).isEmpty();
    }
    assertThat(rate.refusal(InetAddress.getByName("2001:db8::2"))).isPresent();
    assertThat(rate.refusal(InetAddress.getByName("2001:db8:0:1::2"))).isEmpty();
  }

  @Test
  void anAddressThatOthersReachDemandsAToken() {
    assertThatThrownBy(() -> settings("chorale.service.host = 0.0.0.0"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("chorale.service.token");
    assertThatThrownBy(() -> settings("chorale.service.token = short"))
        .isInstanceOf(SettingsException.class)
        .hasMessageNotContaining("'short'");
  }

  @Test
  void aTokenOrConsentOpensIt() throws Exception {
    String everywhere = "chorale.service.host = 0.0.0.0\n";
    assertThat(settings(everywhere + WITH_TOKEN).access().token()).hasValue(TOKEN);
    assertThat(settings(everywhere + "chorale.service.open-without-token = true").access().token())
        .isEmpty();
    assertThat(settings(everywhere + WITH_TOKEN).toString()).doesNotContain(TOKEN);
  }

  private static ServiceSettings settings(String overrides) throws SettingsException {
    return ServiceSettings.of(ServiceConfiguration.over(ConfigFactory.parseString(overrides)));
  }
}

package org.chorale.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with a keystore as docs/service.md makes it. */
class TlsTest {

  private static final String PASSWORD = "secret of the test";

  @TempDir private Path folder;

  private Path keystore() throws Exception {
    Path file = folder.resolve("chorale.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "chorale",
                "-keyalg",
                "EC",
                "-validity",
                "2",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return file;
  }

  private static SSLContext trusting(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("chorale", store.getCertificate("chorale"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void speaksHttpsByItsKeystore() throws Exception {
    Path file = keystore();
    Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    String tls =
        "chorale.service.tls { keystore = \"%s\", keystore-password-file = \"%s\" }"
            .formatted(file, password);
    try (RunningService service = RunningService.start(new SilentEngine(), tls)) {
      assertThat(service.address.getScheme()).isEqualTo("https");
      HttpClient client = HttpClient.newBuilder().sslContext(trusting(file)).build();
      HttpRequest request = HttpRequest.newBuilder(service.address.resolve("v1/formats")).build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aWrongPasswordIsOneSentence() throws Exception {
    String tls =
        "chorale.service.tls { keystore = \"%s\", keystore-password = \"wrong one\" }"
            .formatted(keystore());
    assertThatThrownBy(() -> RunningService.start(new SilentEngine(), tls))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("chorale.service.tls")
        .hasMessageNotContaining("wrong one");
  }
}

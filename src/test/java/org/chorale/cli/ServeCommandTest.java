package org.chorale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What 'chorale serve' does not start with; that it starts is seen in src/test/browser/page.sh. */
class ServeCommandTest {

  @TempDir private Path folder;

  private record Run(int code, String err) {}

  private static Run run(Path home, String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    int code = Main.run(new Environment(home, stream, stream, false, false), args);
    return new Run(code, err.toString(StandardCharsets.UTF_8));
  }

  private static void assertUsage(Run run, String part) {
    assertThat(run.code()).as(run.err()).isEqualTo(Main.USAGE);
    assertThat(run.err()).contains(part).doesNotContain("\tat ");
  }

  @Test
  void othersMayNotReachItWithoutAToken() {
    assertUsage(run(Path.of("."), "serve", "--host", "0.0.0.0"), "CHORALE_SERVICE_TOKEN");
  }

  @Test
  void aConfigurationHasToBeOne() throws Exception {
    assertUsage(run(Path.of("."), "serve", "--config", "no-such.conf"), "no-such.conf");
    Path broken = Files.writeString(folder.resolve("broken.conf"), "chorale { service = [");
    assertUsage(run(Path.of("."), "serve", "--config", broken.toString()), "broken.conf");
    Path wrong =
        Files.writeString(folder.resolve("wrong.conf"), "chorale.service.align.max-concurrent = 0");
    assertUsage(run(Path.of("."), "serve", "--config", wrong.toString()), "max-concurrent");
    Path unit =
        Files.writeString(folder.resolve("unit.conf"), "chorale.service.drain-timeout = soon");
    assertUsage(run(Path.of("."), "serve", "--config", unit.toString()), "drain-timeout");
  }

  @Test
  void aPortThatIsTakenIsSaid() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertUsage(
          run(Path.of("."), "serve", "--port", Integer.toString(taken.getLocalPort())),
          "cannot be taken");
    }
  }

  @Test
  void withoutModelsItDoesNotStart() {
    assertThat(run(folder, "serve", "--port", "0").code()).isEqualTo(Main.BAD_MODEL);
  }
}

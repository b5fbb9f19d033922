package org.chorale.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a command may touch of the world around it.
 *
 * @param home folder that holds {@code models/}
 * @param out standard output: results only
 * @param err standard error: messages and progress
 * @param color whether colours may be used
 * @param terminal whether standard error is a terminal
 */
record Environment(Path home, PrintStream out, PrintStream err, boolean color, boolean terminal) {

  static Environment ofProcess(PrintStream out, PrintStream err) {
    String home = System.getProperty("chorale.home", System.getenv("CHORALE_HOME"));
    return new Environment(
        Path.of(home == null ? "." : home),
        out,
        err,
        System.getenv("NO_COLOR") == null,
        // Java cannot ask whether standard error is a terminal: the launcher does.
        Boolean.getBoolean("chorale.terminal") || "1".equals(System.getenv("CHORALE_PROGRESS")));
  }

  PrintWriter outWriter() {
    return new PrintWriter(out, true, StandardCharsets.UTF_8);
  }

  PrintWriter errWriter() {
    return new PrintWriter(err, true, StandardCharsets.UTF_8);
  }

  /** Folder of the models that come with Chorale. */
  Path models() {
    return home.resolve("models");
  }
}

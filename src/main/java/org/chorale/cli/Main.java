package org.chorale.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.chorale.audio.AudioException;
import org.chorale.batch.ManifestException;
import org.chorale.export.FormatException;
import org.chorale.model.ModelException;
import org.chorale.text.TextException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/** The command line {@code chorale}. */
@Command(
    name = "chorale",
    description = "Aligns speech and song to their text.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      AlignCommand.class,
      BatchCommand.class,
      EvalCommand.class,
      ExportCommand.class,
      FollowCommand.class,
      ModelsCommand.class,
      PreviewCommand.class,
      ServeCommand.class,
      SpeakCommand.class,
      TokensCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main implements Runnable {

  /** Exit codes that other programs rely on. */
  static final int ALIGNED = 0;

  static final int INTERNAL = 1;
  static final int USAGE = 2;
  static final int BAD_AUDIO = 3;
  static final int BAD_TEXT = 4;
  static final int MISMATCH = 5;
  static final int BAD_MODEL = 6;
  static final int SOME_FAILED = 7;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int code = run(Environment.ofProcess(out, err), args);
    out.flush();
    System.exit(code);
  }

  /** Runs a command and returns its exit code. */
  static int run(Environment environment, String... args) {
    CommandLine line = new CommandLine(new Main(), new Factory(environment));
    line.setOut(environment.outWriter());
    line.setErr(environment.errWriter());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((error, given) -> misused(error, environment));
    line.setExecutionExceptionHandler(
        (error, command, parsed) -> report(error, parsed, environment));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      environment
          .err()
          .println(
              "chorale: the memory given to Java is too small for this recording and text; set"
                  + " CHORALE_JAVA_OPTS=-Xmx2g, or more.");
      return INTERNAL;
    }
  }

  /** One sentence and where to read on: the whole usage would hide what is wrong. */
  private static int misused(CommandLine.ParameterException error, Environment environment) {
    CommandLine command = error.getCommandLine();
    environment.err().println("chorale: " + error.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(error, environment.errWriter());
    environment
        .err()
        .printf("chorale: see '%s --help'%n", command.getCommandSpec().qualifiedName());
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int report(Exception error, ParseResult parsed, Environment environment) {
    int code = code(error);
    String message =
        error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    environment.err().println("chorale: " + message.lines().findFirst().orElse(""));
    if (verbose(parsed)) {
      error.printStackTrace(environment.err());
    } else if (code == INTERNAL) {
      environment.err().println("chorale: run it again with --verbose to see where it failed.");
    }
    return code;
  }

  private static boolean verbose(ParseResult parsed) {
    for (ParseResult p = parsed; p != null; p = p.hasSubcommand() ? p.subcommand() : null) {
      if (p.hasMatchedOption("--verbose")) {
        return true;
      }
    }
    return false;
  }

  private static int code(Exception error) {
    if (error instanceof AudioException) {
      return BAD_AUDIO;
    }
    if (error instanceof TextException
        || error instanceof FormatException
        || error instanceof ManifestException) {
      return BAD_TEXT;
    }
    if (error instanceof MismatchException) {
      return MISMATCH;
    }
    if (error instanceof ModelException) {
      return BAD_MODEL;
    }
    return INTERNAL;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Name a command; 'chorale align AUDIO TEXT' aligns a recording.");
  }

  /** The version that Maven wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"chorale " + (version == null ? "(not packaged)" : version)};
    }
  }

  /** Gives every command its environment by constructor. */
  private record Factory(Environment environment) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        return type.getDeclaredConstructor(Environment.class).newInstance(environment);
      } catch (NoSuchMethodException e) {
        return CommandLine.defaultFactory().create(type);
      }
    }
  }
}

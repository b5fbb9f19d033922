package org.chorale.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.chorale.model.ModelFolder;
import org.chorale.model.ModelManifest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What models there are. */
@Command(
    name = "models",
    description = "Lists the models, or verifies their checksums.",
    mixinStandardHelpOptions = true,
    subcommands = {ModelsCommand.ListCommand.class, ModelsCommand.VerifyCommand.class})
final class ModelsCommand implements Callable<Integer> {

  private static final String WHERE =
      "A model's folder, or a folder of models; the models that come with Chorale by default.";

  private final Environment environment;

  ModelsCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    return new ListCommand(environment).call();
  }

  /** A line a model. */
  @Command(name = "list", description = "Lists the models, their tasks and licences.")
  static final class ListCommand implements Callable<Integer> {

    private final Environment environment;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", description = WHERE)
    private Path where;

    ListCommand(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
      for (ModelFolder model : ModelFolder.list(where == null ? environment.models() : where)) {
        ModelManifest manifest = model.manifest();
        environment
            .out()
            .printf(
                Locale.ROOT,
                "%-12s %-8s %-14s %6.2f MB  %-14s %s%n",
                manifest.name(),
                manifest.version(),
                manifest.task(),
                model.bytes() / 1e6,
                manifest.licence(),
                String.join(" ", manifest.languages()));
      }
      return Main.ALIGNED;
    }
  }

  /** Every file against its checksum. */
  @Command(name = "verify", description = "Checks every file of every model by its checksum.")
  static final class VerifyCommand implements Callable<Integer> {

    private final Environment environment;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", description = WHERE)
    private Path where;

    VerifyCommand(Environment environment) {
      this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
      for (ModelFolder model : ModelFolder.list(where == null ? environment.models() : where)) {
        model.verify();
        model
            .manifest()
            .files()
            .forEach(
                (name, file) ->
                    environment.out().printf("%s/%s ok%n", model.manifest().name(), name));
      }
      return Main.ALIGNED;
    }
  }
}

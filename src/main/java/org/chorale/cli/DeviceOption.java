package org.chorale.cli;

import org.chorale.onnx.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --device}, shared by the commands that run models. */
final class DeviceOption {

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto (default), cpu or cuda[:N].")
  private String device = "auto";

  Device parse(CommandSpec spec) {
    try {
      return Device.parse(device);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}

package org.chorale.service;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;

/** The configuration of the process: who sets what over whom. */
public final class ServiceConfiguration {

  private ServiceConfiguration() {}

  /**
   * What is given, over system properties, over what the service asks of Akka ({@code
   * service.conf}), over the defaults ({@code reference.conf}).
   *
   * @throws SettingsException when it cannot be resolved
   */
  public static Config over(Config given) throws SettingsException {
    try {
      return given
          .withFallback(ConfigFactory.defaultOverrides())
          .withFallback(ConfigFactory.parseResourcesAnySyntax("service"))
          .withFallback(ConfigFactory.defaultReferenceUnresolved())
          .resolve();
    } catch (ConfigException e) {
      throw new SettingsException(
          "The configuration cannot be read: %s.".formatted(e.getMessage()), e);
    }
  }
}

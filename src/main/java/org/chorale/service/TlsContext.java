package org.chorale.service;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The certificate of the service. */
final class TlsContext {

  private TlsContext() {}

  /**
   * Reads a keystore.
   *
   * @throws SettingsException when it cannot be read or holds no key
   */
  static SSLContext of(ServiceSettings.Tls settings) throws SettingsException {
    char[] password = settings.password().toCharArray();
    try (InputStream in = Files.newInputStream(settings.keystore())) {
      KeyStore store = KeyStore.getInstance(settings.type());
      store.load(in, password);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, new SecureRandom());
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingsException(
          "The keystore '%s' of chorale.service.tls cannot be opened (%s); check its path, type and password."
              .formatted(settings.keystore(), e.getMessage()),
          e);
    }
  }
}

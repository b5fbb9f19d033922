package org.chorale.service;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code chorale.service} of the configuration, checked; see {@code reference.conf}. Immutable.
 *
 * @param host address to listen at
 * @param port port to listen at, 0 for any
 * @param access who may ask
 * @param tls certificate, empty for none
 * @param drainTimeout how long running requests may take at shutdown
 * @param spoolFolder folder for uploads, empty for the system's
 * @param align limits of aligning
 * @param export limits of exporting
 * @param speak limits of speaking
 */
public record ServiceSettings(
    String host,
    int port,
    Access access,
    Optional<Tls> tls,
    Duration drainTimeout,
    Optional<Path> spoolFolder,
    Align align,
    Export export,
    Speak speak) {

  private static final int SHORTEST_TOKEN = 16;

  /**
   * Who may ask.
   *
   * @param token the bearer token, empty for none
   * @param allowedOrigins origins beside the service's own
   * @param allowedHosts names of the service; empty for any
   * @param requestsPerMinute a client, 0 for any number
   */
  public record Access(
      Optional<String> token,
      List<String> allowedOrigins,
      List<String> allowedHosts,
      int requestsPerMinute) {

    /** Takes immutable copies. */
    public Access {
      allowedOrigins = List.copyOf(allowedOrigins);
      allowedHosts = List.copyOf(allowedHosts);
    }

    @Override
    public String toString() {
      return "Access[token=%s, allowedOrigins=%s, allowedHosts=%s, requestsPerMinute=%d]"
          .formatted(
              token.isPresent() ? "set" : "none", allowedOrigins, allowedHosts, requestsPerMinute);
    }
  }

  /**
   * A certificate and its key.
   *
   * @param keystore the file
   * @param type PKCS12 or JKS
   * @param password of the keystore and of the key
   */
  public record Tls(Path keystore, String type, String password) {
    @Override
    public String toString() {
      return "Tls[keystore=%s, type=%s]".formatted(keystore, type);
    }
  }

  /**
   * How much runs at the same time.
   *
   * @param maxConcurrent runs
   * @param maxWaiting waits, at most
   * @param retryAfter what those that are refused are told
   */
  public record Capacity(int maxConcurrent, int maxWaiting, Duration retryAfter) {

    static Capacity of(Config config) {
      return new Capacity(
          positive(config, "max-concurrent"),
          atLeastZero(config, "max-waiting"),
          config.getDuration("retry-after"));
    }
  }

  /**
   * Limits of {@code POST /v1/align}.
   *
   * @param capacity how much at the same time
   * @param maxAudioBytes the largest recording
   * @param maxAudioDuration the longest recording
   * @param maxTextBytes the largest text
   * @param uploadTimeout how long an upload may take
   * @param timeout how long an alignment may take
   */
  public record Align(
      Capacity capacity,
      long maxAudioBytes,
      Duration maxAudioDuration,
      int maxTextBytes,
      Duration uploadTimeout,
      Duration timeout) {}

  /**
   * Limits of {@code POST /v1/export}.
   *
   * @param capacity how much at the same time
   * @param maxBytes the largest alignment
   * @param timeout how long it may take
   */
  public record Export(Capacity capacity, int maxBytes, Duration timeout) {}

  /**
   * Limits of {@code POST /v1/speak} and {@code WS /v1/speak}.
   *
   * @param capacity threads, and texts beyond them that take turns
   * @param maxTextCharacters UTF-16 code units of the longest text
   * @param maxJsonTextCharacters the same where all of the answer is one JSON
   * @param maxReferenceBytes the largest recording of a voice
   * @param uploadTimeout how long a request may take to arrive
   * @param stallTimeout how long a client may take nothing
   * @param timeout how long a text may be spoken
   */
  public record Speak(
      Capacity capacity,
      int maxTextCharacters,
      int maxJsonTextCharacters,
      long maxReferenceBytes,
      Duration uploadTimeout,
      Duration stallTimeout,
      Duration timeout) {}

  /** The most bytes that are held in memory of one request. */
  private static final long MOST_IN_MEMORY = 1L << 30;

  /**
   * Reads and checks the configuration.
   *
   * @param config the whole, with {@code chorale.service} in it
   * @throws SettingsException one sentence that names the key and the way out
   */
  public static ServiceSettings of(Config config) throws SettingsException {
    try {
      return read(config.getConfig("chorale.service"));
    } catch (ConfigException e) {
      throw new SettingsException(
          "The configuration cannot be read: %s.".formatted(e.getMessage()), e);
    }
  }

  private static ServiceSettings read(Config config) throws SettingsException {
    String host = config.getString("host");
    Optional<String> token = token(config);
    boolean loopback = isLoopback(host);
    if (token.isEmpty() && !loopback && !config.getBoolean("open-without-token")) {
      throw new SettingsException(
          "'%s' can be reached by others and there is no token; set chorale.service.token (or"
                  .formatted(host)
              + " token-file, or CHORALE_SERVICE_TOKEN), or chorale.service.open-without-token ="
              + " true if something else asks who they are.");
    }
    int port = config.getInt("port");
    if (port < 0 || port > 65535) {
      throw new SettingsException("chorale.service.port is %d, not 0 to 65535.".formatted(port));
    }
    return new ServiceSettings(
        host,
        port,
        new Access(
            token,
            config.getStringList("allowed-origins"),
            hosts(config.getStringList("allowed-hosts"), loopback),
            atLeastZero(config, "requests-per-minute")),
        tls(config.getConfig("tls")),
        config.getDuration("drain-timeout"),
        path(config, "spool-folder"),
        align(config.getConfig("align")),
        export(config.getConfig("export")),
        speak(config.getConfig("speak")));
  }

  private static Align align(Config config) {
    return new Align(
        Capacity.of(config),
        config.getBytes("max-audio-size"),
        config.getDuration("max-audio-duration"),
        inMemory(config, "max-text-size"),
        config.getDuration("upload-timeout"),
        config.getDuration("timeout"));
  }

  private static Export export(Config config) {
    return new Export(
        Capacity.of(config), inMemory(config, "max-size"), config.getDuration("timeout"));
  }

  private static Speak speak(Config config) {
    return new Speak(
        Capacity.of(config),
        positive(config, "max-text-characters"),
        positive(config, "max-json-text-characters"),
        config.getBytes("max-reference-size"),
        config.getDuration("upload-timeout"),
        config.getDuration("stall-timeout"),
        config.getDuration("timeout"));
  }

  /** A service that only this machine reaches is called by its loopback names and no other. */
  private static List<String> hosts(List<String> allowed, boolean loopback) {
    if (!loopback && allowed.isEmpty()) {
      return List.of();
    }
    List<String> all = new java.util.ArrayList<>(List.of("localhost", "127.0.0.1", "[::1]"));
    all.addAll(allowed);
    return all;
  }

  private static Optional<String> token(Config config) throws SettingsException {
    String given = config.getString("token");
    Optional<Path> file = path(config, "token-file");
    if (given.isEmpty() && file.isEmpty()) {
      return Optional.empty();
    }
    String token = file.isEmpty() ? given : firstLine(file.get(), "token-file");
    if (token.length() < SHORTEST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new SettingsException(
          "The token of chorale.service has to have at least %d letters, digits or signs and no white space; 'openssl rand -hex 32' makes one."
              .formatted(SHORTEST_TOKEN));
    }
    return Optional.of(token);
  }

  private static Optional<Tls> tls(Config config) throws SettingsException {
    Optional<Path> keystore = path(config, "keystore");
    if (keystore.isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> file = path(config, "keystore-password-file");
    String password =
        file.isEmpty()
            ? config.getString("keystore-password")
            : firstLine(file.get(), "tls.keystore-password-file");
    return Optional.of(new Tls(keystore.get(), config.getString("keystore-type"), password));
  }

  private static Optional<Path> path(Config config, String key) {
    String value = config.getString(key);
    return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
  }

  private static String firstLine(Path file, String key) throws SettingsException {
    try (var lines = Files.lines(file)) {
      return lines.findFirst().orElse("").strip();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new SettingsException(
          "The file '%s' of chorale.service.%s cannot be read; check its path and permissions."
              .formatted(file, key),
          e);
    }
  }

  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static int positive(Config config, String key) {
    int value = config.getInt(key);
    if (value < 1) {
      throw new ConfigException.BadValue(config.origin(), key, "it has to be 1 or more");
    }
    return value;
  }

  private static int atLeastZero(Config config, String key) {
    int value = config.getInt(key);
    if (value < 0) {
      throw new ConfigException.BadValue(config.origin(), key, "it has to be 0 or more");
    }
    return value;
  }

  private static int inMemory(Config config, String key) {
    long value = config.getBytes(key);
    if (value < 1 || value >= MOST_IN_MEMORY) {
      throw new ConfigException.BadValue(config.origin(), key, "it has to be less than 1 GiB");
    }
    return (int) value;
  }
}

package org.chorale.session;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits of sessions; see {@code chorale.session} in reference.conf.
 *
 * @param mostSessions sessions at a time
 * @param mostSessionsPerClient sessions at a time from one address
 * @param bufferedSeconds audio a session takes ahead of what it has heard
 * @param idle how long a session lives without a message
 * @param resume how long a session waits for its client to come back
 * @param longest audio of one session
 * @param textCharacters length of a text, UTF-16 code units
 * @param allTextCharacters length of the texts of all sessions together
 * @param recordings where recordings lie while their session lasts
 */
public record SessionSettings(
    int mostSessions,
    int mostSessionsPerClient,
    double bufferedSeconds,
    Duration idle,
    Duration resume,
    Duration longest,
    int textCharacters,
    long allTextCharacters,
    Recordings recordings) {

  /** The settings of a configuration. */
  public static SessionSettings of(Config config) {
    Config session = config.getConfig("chorale.session");
    String folder = session.getString("folder");
    String shared = session.getString("cluster.folder");
    return new SessionSettings(
        session.getInt("max-sessions"),
        session.getInt("max-sessions-per-client"),
        session.getDuration("max-buffered-audio").toMillis() / 1000.0,
        session.getDuration("idle-timeout"),
        session.getDuration("resume-timeout"),
        session.getDuration("max-audio"),
        session.getInt("max-text-characters"),
        session.getLong("max-text-characters-together"),
        new Recordings(
            Path.of(folder.isEmpty() ? System.getProperty("java.io.tmpdir") : folder),
            shared.isEmpty() ? Optional.empty() : Optional.of(Path.of(shared))));
  }
}

package org.chorale.batch;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The database of the journal: an embedded H2 by default, PostgreSQL by configuration. Makes its
 * tables where they are missing.
 */
final class ProgressStore {

  private static final String DATABASE = "akka-persistence-jdbc.shared-databases.slick";

  private final String profile;
  private final String url;
  private final String user;
  private final String password;

  private ProgressStore(String profile, String url, String user, String password) {
    this.profile = profile;
    this.url = url;
    this.user = user;
    this.password = password;
  }

  /** The database of a configuration. */
  static ProgressStore of(Config config) {
    Config database = config.getConfig(DATABASE);
    return new ProgressStore(
        database.getString("profile"),
        database.getString("db.url"),
        database.getString("db.user"),
        database.getString("db.password"));
  }

  /**
   * Makes the tables, unless they are there.
   *
   * @throws IOException when it cannot be reached, or another process has it
   */
  void prepare() throws IOException {
    String schema = profile.contains("Postgres") ? "postgresql" : "h2";
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      for (String sql : script(schema).split(";\\s*\n")) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    } catch (SQLException e) {
      throw new IOException(message(e), e);
    }
  }

  private String message(SQLException e) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    // 90020: H2 is open in another process.
    return e.getErrorCode() == 90020
        ? "Another chorale batch is at work on the same output; wait for it, or give another folder with -o."
        : "The journal '%s' cannot be opened (%s); check the settings of its database."
            .formatted(url.split(";", 2)[0], first);
  }

  private static String script(String schema) throws IOException {
    String name = "journal-" + schema + ".sql";
    try (InputStream in = ProgressStore.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("The resource '%s' is missing; build Chorale anew.".formatted(name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package org.chorale.session.cluster;

import akka.actor.typed.ActorSystem;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.chorale.session.SessionLedger;
import org.chorale.session.SessionSettings;

/** Whether sessions live in a cluster, which the configuration says, and how. */
public final class SessionCluster {

  private static final String PROVIDER = "akka.actor.provider";

  private SessionCluster() {}

  /** Whether a configuration is that of a node of a cluster. */
  public static boolean isOn(Config config) {
    return config.getString(PROVIDER).equals("cluster");
  }

  /**
   * Has this node take part in the cluster of its configuration.
   *
   * @param storage where the shared folder is looked after; it blocks
   * @return empty where there is no cluster
   */
  public static Optional<SessionLedger> start(
      ActorSystem<?> system, SessionSettings sessions, Executor storage) {
    Config config = system.settings().config();
    if (!isOn(config)) {
      return Optional.empty();
    }
    Config cluster = config.getConfig("chorale.session.cluster");
    if (cluster.getBoolean("bootstrap")) {
      AkkaManagement.get(system).start();
      ClusterBootstrap.get(system).start();
    }
    Duration silence = sessions.resume().multipliedBy(2).plus(sessions.idle());
    ClusterLedger ledger =
        ClusterLedger.start(
            system,
            new ClusterLedger.Settings(
                cluster.getDuration("majority-timeout"),
                cluster.getDuration("call-timeout"),
                cluster.getDuration("patience"),
                silence));
    if (sessions.recordings().shared().isPresent()) {
      Duration every = cluster.getDuration("clean-up-interval");
      SharedFolder folder =
          new SharedFolder(
              sessions.recordings().shared().get(),
              ledger,
              silence.compareTo(every) > 0 ? silence : every);
      system
          .scheduler()
          .scheduleWithFixedDelay(
              every, every, () -> storage.execute(folder), system.executionContext());
    }
    return Optional.of(ledger);
  }

  /** Whether this node is one of the cluster. */
  public static boolean isMember(ActorSystem<?> system) {
    return Cluster.get(system).selfMember().status().equals(MemberStatus.up());
  }
}

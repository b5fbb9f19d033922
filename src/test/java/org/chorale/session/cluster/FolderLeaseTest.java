package org.chorale.session.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.TimeoutSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.concurrent.duration.Duration;

/** One of many gets it. */
class FolderLeaseTest {

  @TempDir Path folder;

  private final ExecutorService threads = Executors.newFixedThreadPool(8);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private FolderLease lease(String owner) {
    return new FolderLease(
        new LeaseSettings(
            "vote",
            owner,
            new TimeoutSettings(
                Duration.create(1, TimeUnit.SECONDS),
                Duration.create(60, TimeUnit.SECONDS),
                Duration.create(5, TimeUnit.SECONDS)),
            com.typesafe.config.ConfigFactory.empty()),
        folder,
        threads);
  }

  private int winners(int round) {
    List<java.util.concurrent.CompletableFuture<Boolean>> all = new ArrayList<>();
    for (int n = 0; n < 16; n++) {
      all.add(lease("node-" + round + "-" + n).acquire().toCompletableFuture());
    }
    return (int) all.stream().filter(java.util.concurrent.CompletableFuture::join).count();
  }

  @Test
  void oneOfManyGetsItAndNobodyElseGivesItBack() throws Exception {
    for (int round = 0; round < 200; round++) {
      assertThat(winners(round)).isEqualTo(1);
      Path file = folder.resolve("vote.lease");
      String owner = Files.readString(file);
      assertThat(lease("other").release().toCompletableFuture().join()).isFalse();
      assertThat(lease(owner).checkLease()).isTrue();
      assertThat(lease(owner).acquire().toCompletableFuture().join()).isTrue();
      if (round % 2 == 0) {
        assertThat(lease(owner).release().toCompletableFuture().join()).isTrue();
      } else {
        // Its owner died.
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(61)));
      }
    }
    try (var left = Files.list(folder)) {
      assertThat(left.toList()).hasSizeLessThanOrEqualTo(1);
    }
  }
}

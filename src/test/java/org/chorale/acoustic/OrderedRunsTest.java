package org.chorale.acoustic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OrderedRunsTest {

  /** Gives its window back; the first run waits for the second to end. */
  private static class WaitingModel implements AcousticModel {
    private final CountDownLatch secondEnded = new CountDownLatch(1);
    final AtomicInteger begun = new AtomicInteger();

    @Override
    public int frameSamples() {
      return 1;
    }

    @Override
    public int frameMultiple() {
      return 1;
    }

    @Override
    public int contextSamples() {
      return 0;
    }

    @Override
    public int classes() {
      return 1;
    }

    @Override
    public int runsAtATime() {
      return 2;
    }

    @Override
    public float[] logPosteriors(float[] samples) {
      begun.incrementAndGet();
      if (samples[0] == 0) {
        try {
          secondEnded.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException("given up", e);
        }
      }
      if (samples[0] == 1) {
        secondEnded.countDown();
      }
      if (samples[0] == 7) {
        throw new IllegalStateException("no seven");
      }
      return samples;
    }
  }

  @Test
  void resultsComeInOrderThoughALaterRunEndsFirst() {
    List<Float> out = new ArrayList<>();
    try (OrderedRuns runs = new OrderedRuns(new WaitingModel(), p -> out.add(p[0]))) {
      for (int i = 0; i < 6; i++) {
        runs.add(new float[] {i});
        assertThat(out).hasSizeGreaterThanOrEqualTo(i - 2); // no more than three are under way
      }
      runs.finish();
    }

    assertThat(out).containsExactly(0f, 1f, 2f, 3f, 4f, 5f);
  }

  @Test
  void whatARunThrowsIsThrownToWhoAskedForIt() {
    try (OrderedRuns runs = new OrderedRuns(new WaitingModel(), p -> {})) {
      runs.add(new float[] {7});

      assertThatThrownBy(runs::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no seven");
    }
  }

  @Test
  void afterClosingNothingRunsAnyMore() {
    WaitingModel model = new WaitingModel();
    OrderedRuns runs = new OrderedRuns(model, p -> {});
    runs.add(new float[] {0}); // waits for a second run that never comes
    runs.close();
    int begun = model.begun.get();

    assertThat(begun).isLessThanOrEqualTo(1);
    assertThatThrownBy(() -> runs.add(new float[] {1}))
        .isInstanceOf(RejectedExecutionException.class);
  }
}

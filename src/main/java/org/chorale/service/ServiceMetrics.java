package org.chorale.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.chorale.session.SessionMetrics;

/** What the service counts and measures, for Prometheus; docs/service.md lists it. Thread-safe. */
public final class ServiceMetrics implements SessionMetrics, AutoCloseable {

  private final PrometheusMeterRegistry registry;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Counter alignedSeconds;
  private final DistributionSummary realTimeFactor;
  private final Counter spokenSeconds;
  private final Counter spokenWork;
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger waitingSteps = new AtomicInteger();
  private final DistributionSummary batchStreams;
  private final DistributionSummary liveRealTimeFactor;
  private final Timer liveLatency;

  /** Measures from now on. */
  public ServiceMetrics() {
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    collections.bindTo(registry);
    alignedSeconds =
        Counter.builder("chorale.align.audio")
            .baseUnit("seconds")
            .description("Audio that POST /v1/align has aligned")
            .register(registry);
    realTimeFactor =
        DistributionSummary.builder("chorale.align.real.time.factor")
            .description("Seconds of work per second of audio, of POST /v1/align")
            .serviceLevelObjectives(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)
            .register(registry);
    spokenSeconds =
        Counter.builder("chorale.speak.audio")
            .baseUnit("seconds")
            .description("Speech that /v1/speak has made")
            .register(registry);
    spokenWork =
        Counter.builder("chorale.speak.work")
            .baseUnit("seconds")
            .description("Time that it was computed for")
            .register(registry);
    batchStreams =
        DistributionSummary.builder("chorale.live.batch")
            .baseUnit("streams")
            .description("Streams that went through the low-latency model at a time")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
            .register(registry);
    liveRealTimeFactor =
        DistributionSummary.builder("chorale.live.real.time.factor")
            .description("Seconds of the low-latency model per second of audio")
            .serviceLevelObjectives(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)
            .register(registry);
    liveLatency =
        Timer.builder("chorale.live.latency")
            .description("From the last audio of a step to its events")
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ofSeconds(1))
            .register(registry);
    gauge("chorale.live.sessions", "Sessions", sessions, AtomicInteger::get);
    gauge(
        "chorale.live.waiting",
        "Steps that wait for the low-latency model",
        waitingSteps,
        AtomicInteger::get);
  }

  @Override
  public void opened() {
    sessions.incrementAndGet();
  }

  @Override
  public void closed() {
    sessions.decrementAndGet();
  }

  @Override
  public void refused() {
    refused("live");
  }

  @Override
  public void stepped(int streams, double seconds, double audioSeconds) {
    batchStreams.record(streams);
    liveRealTimeFactor.record(seconds / audioSeconds);
  }

  @Override
  public void waiting(int steps) {
    waitingSteps.set(steps);
  }

  @Override
  public void answered(double seconds) {
    liveLatency.record(Duration.ofNanos(Math.round(seconds * 1e9)));
  }

  /** For the meters of other parts. */
  public MeterRegistry registry() {
    return registry;
  }

  /**
   * A request was answered.
   *
   * @param route the route, not the path: few values
   * @param status HTTP status
   */
  void answered(String route, int status, Duration time) {
    Timer.builder("chorale.http.requests")
        .description("Time to answer a request")
        .tag("route", route)
        .tag("status", Integer.toString(status))
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1))
        .register(registry)
        .record(time);
  }

  /** A recording was aligned. */
  void aligned(double audioSeconds, Duration time) {
    alignedSeconds.increment(audioSeconds);
    if (audioSeconds > 0) {
      realTimeFactor.record(time.toNanos() / 1e9 / audioSeconds);
    }
  }

  /** A piece of speech was made. */
  void spoken(double audioSeconds, Duration time) {
    spokenSeconds.increment(audioSeconds);
    spokenWork.increment(time.toNanos() / 1e9);
  }

  /** A number that is asked for whenever the metrics are. */
  public <T> void gauge(String name, String description, T object, ToDoubleFunction<T> value) {
    io.micrometer.core.instrument.Gauge.builder(name, object, value)
        .description(description)
        .register(registry);
  }

  /** A request was refused because the service was full. */
  public void refused(String work) {
    Counter.builder("chorale.refused")
        .description("Requests refused because the service was full")
        .tag("work", work)
        .register(registry)
        .increment();
  }

  /** Everything, in the text format of Prometheus. */
  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}

package org.chorale.service;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts the requests of every client: a bucket of tokens each, for the clients seen last.
 * Thread-safe.
 */
public final class RequestRate {

  private static final int MOST_CLIENTS = 10_000;
  private static final double NANOS_PER_MINUTE = 60e9;

  private final int perMinute;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_CLIENTS;
        }
      };

  private record Bucket(double tokens, long filledAt) {}

  /**
   * Counts.
   *
   * @param perMinute requests a minute, half of them at once; 0 for any number
   * @param nanoTime a clock as {@link System#nanoTime()}
   */
  public RequestRate(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /**
   * Counts one request.
   *
   * @return empty when it may pass, otherwise how long to wait
   */
  public synchronized Optional<Duration> refusal(InetAddress client) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    long now = nanoTime.getAsLong();
    double most = Math.max(1, perMinute / 2.0);
    String key = key(client);
    Bucket bucket = buckets.getOrDefault(key, new Bucket(most, now));
    double perNano = perMinute / NANOS_PER_MINUTE;
    double tokens = Math.min(most, bucket.tokens() + (now - bucket.filledAt()) * perNano);
    boolean passes = tokens >= 1;
    buckets.put(key, new Bucket(passes ? tokens - 1 : tokens, now));
    return passes
        ? Optional.empty()
        : Optional.of(Duration.ofNanos((long) Math.ceil((1 - tokens) / perNano)));
  }

  /** A household has a /64 of IPv6 addresses: they count as one client. */
  private static String key(InetAddress client) {
    byte[] bytes = client.getAddress();
    return HexFormat.of()
        .formatHex(client instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
  }
}

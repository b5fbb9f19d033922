package org.chorale.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Whether the service can take work: every part says so for itself, and a service that drains is
 * not ready. Thread-safe.
 */
public final class Readiness {

  private final Map<String, BooleanSupplier> parts = new ConcurrentHashMap<>();
  private final AtomicBoolean draining = new AtomicBoolean();

  /** Adds a part; its answer must come at once. */
  public void add(String part, BooleanSupplier ready) {
    parts.put(part, ready);
  }

  /** From now on the service takes no new work. */
  public void drain() {
    draining.set(true);
  }

  /** Whether it takes no new work any more. */
  public boolean isDraining() {
    return draining.get();
  }

  /** Every part by its name, and whether it is ready. */
  public Map<String, Boolean> parts() {
    Map<String, Boolean> now = new TreeMap<>();
    parts.forEach((name, ready) -> now.put(name, ready.getAsBoolean()));
    return now;
  }

  /** Whether everything is. */
  public boolean isReady() {
    return !isDraining() && parts().values().stream().allMatch(Boolean::booleanValue);
  }
}

package org.chorale.batch;

import java.util.ArrayList;
import java.util.List;

/** What is left to do of a manifest. */
public final class JobPlan {

  /** Why an item is to be done, or that it is done. */
  public enum Reason {
    /** Never done before. */
    NEW,

    /** Its files, the settings or the models are others, or its results are gone. */
    CHANGED,

    /** It failed before. */
    RETRIED,

    /** Nothing is to be done. */
    DONE
  }

  /**
   * An item with what can be told of it without reading it.
   *
   * @param stamp its files and settings
   * @param hasOutputs whether its results are where they belong
   */
  record Stamped(BatchItem item, String stamp, boolean hasOutputs) {}

  /**
   * An item with what is to be done.
   *
   * @param known fingerprint of its result, empty where that does not count
   */
  public record Planned(BatchItem item, String stamp, Reason reason, String known) {}

  private JobPlan() {}

  /** Compares a manifest with what became of its items before. */
  static List<Planned> of(List<Stamped> items, JobState state, boolean retryFailed) {
    List<Planned> plan = new ArrayList<>();
    for (Stamped stamped : items) {
      plan.add(plan(stamped, state.record(stamped.item().id()), retryFailed));
    }
    return plan;
  }

  private static Planned plan(Stamped stamped, ItemRecord record, boolean retryFailed) {
    BatchItem item = stamped.item();
    if (record == null) {
      return new Planned(item, stamped.stamp(), Reason.NEW, "");
    }
    boolean failed = record.status() == ItemStatus.FAILED;
    if (failed && (retryFailed || !record.quarantined())) {
      return new Planned(item, stamped.stamp(), Reason.RETRIED, "");
    }
    boolean gone = !failed && !stamped.hasOutputs() && record.error().isEmpty();
    if (record.stamp().equals(stamped.stamp()) && !gone) {
      return new Planned(item, stamped.stamp(), Reason.DONE, record.fingerprint());
    }
    return new Planned(item, stamped.stamp(), Reason.CHANGED, gone ? "" : record.fingerprint());
  }
}

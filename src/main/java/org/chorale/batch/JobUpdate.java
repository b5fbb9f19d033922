package org.chorale.batch;

import java.util.List;

/** What a job tells those who watch it. */
public sealed interface JobUpdate extends CborMessage {

  /**
   * How far it is.
   *
   * @param counts items by what became of them, those of earlier runs included
   * @param kept items that earlier runs did
   * @param running items under way
   * @param audioSeconds audio of the items that this run did
   */
  record Progressed(JobSummary counts, int kept, int running, double audioSeconds)
      implements JobUpdate {}

  /** An item is done, or failed for good. */
  record Ended(ItemOutcome outcome) implements JobUpdate {}

  /** All items are accounted for, and the report is written. */
  record Completed(JobSummary summary) implements JobUpdate {}

  /** What a dry run found to be done. */
  record Planned(List<JobPlan.Planned> items, List<Manifest.Rejected> rejected)
      implements JobUpdate {}

  /**
   * The job cannot go on.
   *
   * @param reason one sentence for the user
   * @param manifest whether it is the manifest that cannot be read
   */
  record Broken(String reason, boolean manifest) implements JobUpdate {}
}

package org.chorale.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One node's turn with a session.
 *
 * @param identity who the session is
 * @param request what its client wants
 * @param handover what the owner before this one left; empty where the session began here
 */
record Ownership(
    SessionIdentity identity, StreamRequest request, Optional<SessionLedger.Handover> handover) {

  /** The session's key. */
  String key() {
    return identity.key();
  }

  /** The session's name. */
  String name() {
    return identity.name();
  }

  /** Which turn it is. */
  long epoch() {
    return handover.map(SessionLedger.Handover::epoch).orElse(SessionLedger.FIRST_EPOCH);
  }

  /** Frames that owners before this one wrote down. */
  long earlierFrames() {
    return handover.map(SessionLedger.Handover::frames).orElse(0L);
  }

  /**
   * The recording, owner by owner.
   *
   * @param ownFrames frames that this owner wrote down
   */
  List<SessionLedger.Segment> segments(long ownFrames) {
    List<SessionLedger.Segment> all = new ArrayList<>();
    handover.ifPresent(had -> all.addAll(had.segments()));
    all.add(new SessionLedger.Segment(epoch(), ownFrames));
    return all;
  }
}

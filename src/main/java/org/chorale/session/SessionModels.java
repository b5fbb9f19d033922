package org.chorale.session;

import org.chorale.engine.RecordingAligner;
import org.chorale.engine.TextFollower;
import org.chorale.model.ModelException;

/** The models that sessions share. Implementations are thread-safe. */
public interface SessionModels {

  /** Follows live. */
  TextFollower follower();

  /**
   * Aligns the whole of a recording; may have to be loaded first, which takes a while.
   *
   * @throws ModelException when its model is missing or broken
   */
  RecordingAligner aligner(StreamRequest.Mode mode) throws ModelException;
}

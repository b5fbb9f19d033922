package org.chorale.session;

import org.chorale.engine.RecordingAligner;
import org.chorale.engine.TextFollower;

/**
 * The models that sessions share. Thread-safe.
 *
 * @param follower follows live
 * @param speech aligns the whole of a recording of speech
 * @param lyrics aligns the whole of a song
 */
public record SessionModels(
    TextFollower follower, RecordingAligner speech, RecordingAligner lyrics) {

  /** The aligner that makes the result. */
  RecordingAligner aligner(StreamRequest.Mode mode) {
    return mode == StreamRequest.Mode.LYRICS ? lyrics : speech;
  }
}

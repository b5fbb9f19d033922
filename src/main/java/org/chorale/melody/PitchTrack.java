package org.chorale.melody;

/**
 * The pitch of a voice over time.
 *
 * @param frameSeconds time from frame to frame; frame 0 is at second 0
 * @param semitones pitch of every frame as a MIDI number with its fraction, 69 is 440 Hz; NaN where
 *     no voice is heard
 * @param energy mean square of every frame's samples
 * @param voice posterior of a voice in every frame
 */
@SuppressWarnings("ArrayRecordComponent") // millions of frames, never compared
record PitchTrack(double frameSeconds, float[] semitones, float[] energy, float[] voice) {

  int frames() {
    return semitones.length;
  }

  /** The frame nearest to a time, inside the track. */
  int frameAt(double seconds) {
    return (int) Math.max(0, Math.min(frames() - 1, Math.round(seconds / frameSeconds)));
  }
}

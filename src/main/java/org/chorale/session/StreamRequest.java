package org.chorale.session;

import org.chorale.audio.PcmEncoding;

/**
 * What a client wants followed.
 *
 * @param text the text
 * @param language its language, "auto" to find it
 * @param mode which aligner gives the result at the end
 * @param encoding how the audio is written
 * @param sampleRate Hz, of PCM
 * @param channels channels of PCM
 * @param granularity whether the result has phones
 * @param session name that the client gives the session; null for one of ours
 */
public record StreamRequest(
    String text,
    String language,
    Mode mode,
    Encoding encoding,
    int sampleRate,
    int channels,
    Granularity granularity,
    String session) {

  /** How the result is made. */
  public enum Mode {
    /** By the model of speech. */
    SPEECH,
    /** By the model of singing. */
    LYRICS
  }

  /** How fine the result is. */
  public enum Granularity {
    /** Words only. */
    WORD,
    /** Words and their phones. */
    PHONE
  }

  /** How audio comes in. */
  public enum Encoding {
    /** Bare 16-bit samples. */
    PCM_S16LE(PcmEncoding.S16LE),
    /** Bare float samples. */
    PCM_F32LE(PcmEncoding.F32LE),
    /** Opus in Ogg or WebM. */
    OPUS(null);

    private final PcmEncoding pcm;

    Encoding(PcmEncoding pcm) {
      this.pcm = pcm;
    }

    /** The encoding of bare samples, null for others. */
    public PcmEncoding pcm() {
      return pcm;
    }
  }
}

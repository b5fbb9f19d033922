package org.chorale.export;

import java.util.List;
import org.chorale.align.Alignment;
import org.chorale.subtitle.SubtitleCue;
import org.chorale.subtitle.SubtitleRules;
import org.chorale.subtitle.SubtitleShaper;

/**
 * Cues by the rules of a preset. They may come and go some frames beside the words. Immutable and
 * thread-safe.
 *
 * @param rules what they keep to, with at most two rows
 */
public record ShapedCues(SubtitleRules rules) implements CueShaper {

  @Override
  public List<Cue> cues(Alignment alignment) {
    return new SubtitleShaper(rules).shape(alignment).cues().stream().map(ShapedCues::cue).toList();
  }

  private static Cue cue(SubtitleCue shaped) {
    int second = shaped.rowStarts().size() > 1 ? shaped.rowStarts().get(1) : 0;
    return new Cue(shaped.startSeconds(), shaped.endSeconds(), shaped.words(), second);
  }
}

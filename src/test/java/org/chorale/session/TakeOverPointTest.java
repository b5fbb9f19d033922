package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.chorale.engine.TextStream;
import org.chorale.follow.OnlineEvent;
import org.junit.jupiter.api.Test;

class TakeOverPointTest {

  private final TakeOverPoint point = new TakeOverPoint();

  private static OnlineEvent.Final word(int index, double end) {
    return new OnlineEvent.Final(index, end - 0.3, end, 0.9);
  }

  private static SessionLedger.Handover had(int word, double seconds, long frames) {
    return new SessionLedger.Handover(
        2,
        "name",
        null,
        List.of(
            new SessionLedger.KeptWord(1, 0, 0.2, 0.8, 0.9),
            new SessionLedger.KeptWord(2, 1, 0.9, 1.4, 0.9)),
        List.of(new SessionLedger.Segment(1, frames)),
        word,
        seconds);
  }

  @Test
  void itIsBehindTheLastFinalWord() {
    point.passed(word(0, 1));
    point.passed(word(1, 2));
    assertThat(point.word()).isEqualTo(2);
    assertThat(point.seconds(3)).isEqualTo(2);
  }

  @Test
  void aCursorFurtherOnDoesNotMoveItWhereWordsBetweenAreOpen() {
    point.passed(word(0, 1));
    point.reading(new OnlineEvent.Cursor(3, 2));
    assertThat(point.word()).isEqualTo(1);
  }

  @Test
  void aReaderWhoGoesBackTakesItAlongThroughWordsThatWereFinal() {
    for (int w = 0; w < 5; w++) {
      point.passed(word(w, w + 1));
    }
    point.reading(new OnlineEvent.Cursor(1, 6));
    assertThat(point.word()).isEqualTo(1);
    assertThat(point.seconds(7)).isEqualTo(6);
    point.reading(new OnlineEvent.Cursor(3, 7));
    assertThat(point.word()).isEqualTo(3);
    point.reading(new OnlineEvent.Cursor(5, 8));
    assertThat(point.word()).isEqualTo(5);
    point.reading(new OnlineEvent.Cursor(7, 9));
    assertThat(point.word()).isEqualTo(5);
  }

  @Test
  void itIsWhereTheReaderWasSentTo() {
    point.passed(word(0, 1));
    point.sought(40, 12.5);
    assertThat(point.word()).isEqualTo(40);
    assertThat(point.seconds(12.5)).isEqualTo(12.5);
  }

  @Test
  void itIsNeverLongAgo() {
    point.passed(word(0, 1));
    assertThat(point.seconds(60)).isEqualTo(50);
    assertThat(point.dispensableSeconds(60)).isEqualTo(50);
  }

  @Test
  void soMuchAudioIsKeptThatTheModelIsWarm() {
    assertThat(point.dispensableSeconds(0.5)).isZero();
    point.passed(word(0, 5));
    assertThat(point.dispensableSeconds(6)).isEqualTo(3);
  }

  @Test
  void whoTakesOverHearsTheLastAgain() {
    TextStream.Origin origin = TakeOverPoint.origin(had(2, 30, 32 * 16_000), 32, true);
    assertThat(origin.offsetSeconds()).isEqualTo(28);
    assertThat(origin.fromSeconds()).isEqualTo(30);
    assertThat(origin.word()).isEqualTo(2);
    assertThat(origin.told().stream().toArray()).containsExactly(0, 1);
    assertThat(origin.lastEndSeconds()).isEqualTo(1.4);
  }

  @Test
  void butNotMoreThanTenSeconds() {
    TextStream.Origin origin = TakeOverPoint.origin(had(2, 5, 40 * 16_000), 40, true);
    assertThat(origin.offsetSeconds()).isEqualTo(30);
    assertThat(origin.fromSeconds()).isCloseTo(31.2, within(1e-9));
  }

  @Test
  void theBeginningIsHeardFromTheFirstSampleOn() {
    TextStream.Origin origin = TakeOverPoint.origin(had(0, 0, 16_000), 1, true);
    assertThat(origin.offsetSeconds()).isZero();
    assertThat(origin.fromSeconds()).isZero();
  }

  @Test
  void whatWasLostIsNotHeardAgain() {
    TextStream.Origin origin = TakeOverPoint.origin(had(2, 30, 28 * 16_000), 28, false);
    assertThat(origin.offsetSeconds()).isEqualTo(28);
    assertThat(origin.fromSeconds()).isEqualTo(30);
  }

  @Test
  void aTakenOverPointIsThatOfTheOwnerBefore() {
    point.takeUp(had(2, 1.4, 16_000));
    assertThat(point.word()).isEqualTo(2);
    assertThat(point.seconds(0)).isEqualTo(1.4);
    // Words that were told elsewhere are final here, too.
    point.reading(new OnlineEvent.Cursor(0, 3));
    point.reading(new OnlineEvent.Cursor(2, 4));
    assertThat(point.word()).isEqualTo(2);
  }

  @Test
  void aTurnKnowsItsPlaceAmongOthers() {
    Ownership first = new Ownership(null, null, Optional.empty());
    assertThat(first.epoch()).isEqualTo(SessionLedger.FIRST_EPOCH);
    assertThat(first.earlierFrames()).isZero();
    assertThat(first.segments(7)).containsExactly(new SessionLedger.Segment(1, 7));
    Ownership second = new Ownership(null, null, Optional.of(had(2, 1, 16_000)));
    assertThat(second.epoch()).isEqualTo(2);
    assertThat(second.earlierFrames()).isEqualTo(16_000);
    assertThat(second.segments(7))
        .containsExactly(new SessionLedger.Segment(1, 16_000), new SessionLedger.Segment(2, 7));
  }
}

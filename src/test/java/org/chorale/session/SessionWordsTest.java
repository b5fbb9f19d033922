package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.chorale.follow.OnlineEvent;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionWordsTest {

  private SessionWords words;

  @BeforeEach
  void read() throws Exception {
    Document document =
        new DocumentReader()
            .parse(new TextFile("text", TextFormat.PLAIN, "One two three four."), "en");
    words = new SessionWords(document);
  }

  private static OnlineEvent.Final word(int index) {
    return new OnlineEvent.Final(index, index, index + 0.5, 0.9);
  }

  private static SessionLedger.KeptWord kept(long seq, int index) {
    return new SessionLedger.KeptWord(seq, index, index, index + 0.5, 0.9);
  }

  @Test
  void aWordGoesFromFreshToPromisedToSure() {
    words.add(word(0));
    words.add(word(1));
    assertThat(words.hasFresh()).isTrue();
    assertThat(words.sureCount()).isZero();

    assertThat(words.promise()).containsExactly(kept(1, 0), kept(2, 1));
    assertThat(words.hasFresh()).isFalse();
    assertThat(words.allSure()).isFalse();
    assertThat(words.sureCount()).isZero();

    words.keepPromises();
    assertThat(words.allSure()).isTrue();
    assertThat(words.sureCount()).isEqualTo(2);
    assertThat(words.sure(1)).isEqualTo(new SessionEvent.Word(2, 1, "two", 1, 1.5, 0.9));
    assertThat(words.promise()).isEmpty();
  }

  @Test
  void numbersAreSharedWithOtherEvents() {
    assertThat(words.nextNumber()).isEqualTo(1);
    words.add(word(0));
    assertThat(words.promise()).containsExactly(kept(2, 0));
    assertThat(words.nextNumber()).isEqualTo(3);
  }

  @Test
  void aClientHearsAgainWhatCameBehindTheLastThatItHasSeen() {
    words.takeUp(List.of(kept(3, 0), kept(5, 1), kept(9, 2)), 0);
    assertThat(words.firstAfter(0)).isZero();
    assertThat(words.firstAfter(3)).isEqualTo(1);
    assertThat(words.firstAfter(4)).isEqualTo(1);
    assertThat(words.firstAfter(9)).isEqualTo(3);
    assertThat(words.firstAfter(99)).isEqualTo(3);
  }

  @Test
  void numbersGoOnBehindTheCursorsThatTheClientHasSeenElsewhere() {
    assertThat(words.takeUp(List.of(kept(3, 0), kept(5, 1)), 12)).isEqualTo(12);
    assertThat(words.nextNumber()).isEqualTo(13);
  }

  @Test
  void numbersGoOnBehindTheWordsThatItHasNotSeen() {
    assertThat(words.takeUp(List.of(kept(3, 0), kept(5, 1)), 4)).isEqualTo(4);
    assertThat(words.nextNumber()).isEqualTo(6);
  }

  @Test
  void aNumberThatCannotBeIsNotBelieved() {
    long seen = words.takeUp(List.of(kept(5, 1)), Long.MAX_VALUE);
    assertThat(seen).isEqualTo(5 + SessionWords.FURTHEST_AHEAD);
    assertThat(words.nextNumber()).isEqualTo(seen + 1);
  }

  @Test
  void allWordsAreThoseOfAnyKind() {
    words.takeUp(List.of(kept(5, 3)), 0);
    words.add(word(0));
    words.promise();
    words.add(word(1));
    assertThat(words.all()).extracting(SessionEvent.Word::index).containsExactly(3, 0, 1);
    assertThat(words.all()).extracting(SessionEvent.Word::seq).containsExactly(5L, 6L, 0L);
  }
}

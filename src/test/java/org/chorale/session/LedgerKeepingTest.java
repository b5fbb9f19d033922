package org.chorale.session;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.chorale.audio.AudioException;
import org.chorale.follow.OnlineEvent;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerKeepingTest {

  private static final int RATE = 16_000;

  @TempDir Path folder;

  private final Ledger ledger = new Ledger();
  private final TakeOverPoint point = new TakeOverPoint();
  private final Deque<Runnable> storage = new ArrayDeque<>();
  private final List<CompletionStage<Long>> forced = new ArrayList<>();
  private SessionWords words;
  private AudioIntake intake;
  private LedgerKeeping keeping;
  private double heardSeconds;

  /** Notes what it is to keep. */
  private static final class Ledger extends UnaskedLedger {

    private final List<Progress> asked = new ArrayList<>();

    @Override
    public CompletionStage<Boolean> keep(String key, long epoch, Progress progress) {
      assertThat(key).isEqualTo("key-of-sixteen-c");
      assertThat(epoch).isEqualTo(2);
      asked.add(progress);
      return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletionStage<Optional<Handover>> claim(
        String key, String secretDigest, ActorRef<Overtaken> owner) {
      throw new AssertionError("nobody claims here");
    }

    Progress last() {
      return asked.get(asked.size() - 1);
    }
  }

  private final class Answers implements LedgerKeeping.Answers {
    @Override
    public void forced(CompletionStage<Long> frames) {
      forced.add(frames);
    }

    @Override
    public void kept(SessionLedger.Progress progress, CompletionStage<Boolean> current) {}
  }

  private void open(boolean shared, long earlierFrames) throws Exception {
    StreamRequest request =
        new StreamRequest(
            "One two three four.",
            "en",
            StreamRequest.Mode.SPEECH,
            StreamRequest.Encoding.PCM_S16LE,
            RATE,
            1,
            StreamRequest.Granularity.WORD,
            null);
    Ownership ownership =
        new Ownership(
            new SessionIdentity("key-of-sixteen-c", "name", "token", "digest", null),
            request,
            Optional.of(
                new SessionLedger.Handover(
                    2,
                    "name",
                    request,
                    List.of(),
                    List.of(new SessionLedger.Segment(1, earlierFrames)),
                    0,
                    0)));
    words =
        new SessionWords(
            new DocumentReader()
                .parse(new TextFile("text", TextFormat.PLAIN, request.text()), "en"));
    Recordings recordings = new Recordings(folder, Optional.of(folder));
    intake =
        new AudioIntake(
            request,
            1,
            recordings.temporary(Recordings.Format.of(request, 1)),
            earlierFrames,
            new AudioIntake.Decoded() {
              @Override
              public void samples(int container, float[] samples) {}

              @Override
              public void ended(int container, AudioException error) {}
            });
    keeping =
        new LedgerKeeping(
            ownership,
            ledger,
            words,
            point,
            intake,
            new LedgerKeeping.Storage(shared, storage::add),
            () -> heardSeconds,
            new Answers());
  }

  @AfterEach
  void close() {
    intake.close();
  }

  private void hear(double seconds) throws Exception {
    intake.accept(new byte[2 * (int) (seconds * RATE)]);
    heardSeconds += seconds;
  }

  private void say(int index, double end) {
    OnlineEvent.Final word = new OnlineEvent.Final(index, end - 0.5, end, 0.9);
    words.add(word);
    point.passed(word);
  }

  @Test
  void aWordIsSureWhenTheLedgerHasIt() throws Exception {
    open(false, 0);
    say(0, 1);
    keeping.advance();
    assertThat(ledger.last().words())
        .containsExactly(new SessionLedger.KeptWord(1, 0, 0.5, 1, 0.9));
    assertThat(ledger.last().word()).isEqualTo(1);
    assertThat(words.sureCount()).isZero();
    assertThat(keeping.isSettled()).isFalse();

    keeping.kept(ledger.last());
    assertThat(words.sureCount()).isEqualTo(1);
    assertThat(keeping.isSettled()).isTrue();
  }

  @Test
  void oneThingIsKeptAtATime() throws Exception {
    open(false, 0);
    say(0, 1);
    keeping.advance();
    say(1, 2);
    keeping.advance();
    assertThat(ledger.asked).hasSize(1);
    keeping.kept(ledger.last());
    assertThat(keeping.isSettled()).isFalse();
    keeping.advance();
    assertThat(ledger.asked).hasSize(2);
    assertThat(ledger.last().words()).extracting(SessionLedger.KeptWord::seq).containsExactly(2L);
  }

  @Test
  void withoutAFolderAudioIsSafeWhenNobodyHasToHearItAgain() throws Exception {
    open(false, 0);
    hear(4);
    keeping.advance();
    assertThat(ledger.asked).isEmpty();
    say(0, 3.5);
    keeping.advance();
    assertThat(ledger.last().frames()).isEqualTo(2 * RATE);
    assertThat(keeping.safeSeconds()).isZero();
    keeping.kept(ledger.last());
    assertThat(keeping.safeSeconds()).isEqualTo(2);
    assertThat(forced).isEmpty();
  }

  @Test
  void inAFolderAudioIsSafeWhenItIsOnTheStorageAndTheLedgerKnows() throws Exception {
    open(true, RATE);
    assertThat(keeping.safeSeconds()).isEqualTo(1);
    hear(0.5);
    keeping.advance();
    assertThat(forced).isEmpty();
    hear(1);
    keeping.advance();
    keeping.advance();
    assertThat(forced).hasSize(1);
    assertThat(keeping.isForcing()).isTrue();
    assertThat(ledger.asked).isEmpty();

    storage.poll().run();
    keeping.forced(forced.get(0).toCompletableFuture().join());
    keeping.advance();
    assertThat(ledger.last().frames()).isEqualTo(5 * RATE / 2);
    assertThat(keeping.safeSeconds()).isEqualTo(1);
    keeping.kept(ledger.last());
    assertThat(keeping.safeSeconds()).isEqualTo(2.5);
  }

  @Test
  void whoLeavesKeepsAllThereIs() throws Exception {
    open(true, 0);
    hear(0.5);
    keeping.leave();
    keeping.advance();
    storage.poll().run();
    keeping.forced(forced.get(0).toCompletableFuture().join());
    keeping.advance();
    assertThat(ledger.last().frames()).isEqualTo(RATE / 2);
    assertThat(keeping.isSettled()).isFalse();
    keeping.kept(ledger.last());
    assertThat(keeping.isSettled()).isTrue();
  }

  @Test
  void aRecordingThatHasEndedIsWrittenNoMore() throws Exception {
    open(true, 0);
    hear(3);
    keeping.endRecording();
    keeping.advance();
    assertThat(forced).isEmpty();
  }

  @Test
  void aSignOfLifeIsDueOnce() throws Exception {
    open(false, 0);
    keeping.beDue();
    keeping.advance();
    assertThat(ledger.asked).hasSize(1);
    assertThat(ledger.last().words()).isEmpty();
    keeping.kept(ledger.last());
    keeping.advance();
    assertThat(ledger.asked).hasSize(1);
  }

  @Test
  void whatCannotBeWrittenIsAnAnswerToo() throws Exception {
    open(true, 0);
    hear(2);
    intake.close();
    keeping.advance();
    assertThat(forced.get(0)).isCompletedExceptionally();
    assertThat(Optional.ofNullable(storage.poll())).isEmpty();
  }
}

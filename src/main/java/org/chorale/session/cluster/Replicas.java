package org.chorale.session.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWRegister;
import akka.cluster.ddata.LWWRegisterKey;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.chorale.session.CborMessage;
import org.chorale.session.SessionLedger.KeptWord;

/**
 * Records of sessions as distributed data: written to, and read from, a majority of the nodes, so
 * that who reads sees what was written. A record has one writer, its entity. Keys begin with {@code
 * chorale-session-}, by which the configuration lets go of those that nobody ended. Thread-safe.
 */
final class Replicas {

  private static final String PREFIX = "chorale-session-";

  /** UTF-16 code units of a part: 100 kB, which a message between nodes may have. */
  private static final int PART_CHARACTERS = 50_000;

  private final ActorSystem<?> system;
  private final ActorRef<Replicator.Command> replicator;
  private final SelfUniqueAddress self;
  private final Duration patience;

  /**
   * Replicas.
   *
   * @param patience for a majority to answer
   */
  Replicas(ActorSystem<?> system, Duration patience) {
    this.system = system;
    this.replicator = DistributedData.get(system).replicator();
    this.self = DistributedData.get(system).selfUniqueAddress();
    this.patience = patience;
  }

  /** A piece of the text: UTF-16, big-endian. It may end within a pair of surrogates. */
  @SuppressWarnings("ArrayRecordComponent")
  record TextPart(byte[] characters) implements CborMessage {}

  /** A piece of the words. */
  record WordPart(List<KeptWord> words) implements CborMessage {
    WordPart {
      words = List.copyOf(words);
    }
  }

  private static String recordKey(String session) {
    return PREFIX + session;
  }

  private static String partKey(String session, String kind, int part) {
    return PREFIX + session + "-" + kind + "-" + part;
  }

  /** The record of a session, empty when there is none; fails when there is no majority. */
  CompletionStage<Optional<SessionRecord>> read(String session) {
    return this.<SessionRecord>readValue(recordKey(session));
  }

  /** Completes when a majority has it. */
  CompletionStage<Void> write(String session, SessionRecord value) {
    return write(recordKey(session), value, value.version());
  }

  /**
   * Writes a text.
   *
   * @return how many parts it has
   */
  CompletionStage<Integer> writeText(String session, String text) {
    CompletionStage<Void> written = CompletableFuture.completedFuture(null);
    int parts = 0;
    for (int from = 0; from < text.length(); from += PART_CHARACTERS) {
      String piece = text.substring(from, Math.min(text.length(), from + PART_CHARACTERS));
      ByteBuffer bytes = ByteBuffer.allocate(2 * piece.length());
      bytes.asCharBuffer().put(piece);
      String key = partKey(session, "text", parts++);
      written = written.thenCompose(done -> write(key, new TextPart(bytes.array()), 1));
    }
    int count = parts;
    return written.thenApply(done -> count);
  }

  /** Reads a text of so many parts. */
  CompletionStage<String> readText(String session, int parts) {
    CompletionStage<StringBuilder> all = CompletableFuture.completedFuture(new StringBuilder());
    for (int p = 0; p < parts; p++) {
      String key = partKey(session, "text", p);
      all =
          all.thenCombine(
              this.<TextPart>present(key),
              (text, part) -> text.append(ByteBuffer.wrap(part.characters()).asCharBuffer()));
    }
    return all.thenApply(StringBuilder::toString);
  }

  /** Writes the part of a record's words that comes next. */
  CompletionStage<Void> writeNextPart(String session, SessionRecord value) {
    String key = partKey(session, "words", value.wordParts());
    return write(key, new WordPart(value.nextPart()), value.version());
  }

  /** All words of a record. */
  CompletionStage<List<KeptWord>> readWords(String session, SessionRecord value) {
    CompletionStage<List<KeptWord>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (int p = 0; p < value.wordParts(); p++) {
      String key = partKey(session, "words", p);
      all =
          all.thenCombine(
              this.<WordPart>present(key),
              (words, part) -> {
                words.addAll(part.words());
                return words;
              });
    }
    return all.thenApply(
        words -> {
          words.addAll(value.tail());
          return words;
        });
  }

  /** Forgets a session. */
  CompletionStage<Void> delete(String session, SessionRecord value) {
    CompletionStage<Void> deleted = delete(recordKey(session));
    for (int p = 0; p < value.textParts(); p++) {
      String key = partKey(session, "text", p);
      deleted = deleted.thenCompose(done -> delete(key));
    }
    for (int p = 0; p < value.wordParts(); p++) {
      String key = partKey(session, "words", p);
      deleted = deleted.thenCompose(done -> delete(key));
    }
    return deleted;
  }

  private <T> CompletionStage<T> present(String key) {
    return this.<T>readValue(key)
        .thenApply(
            value ->
                value.orElseThrow(
                    () -> new IllegalStateException("there is no '%s'".formatted(key))));
  }

  private static <T> Key<LWWRegister<T>> key(String name) {
    return LWWRegisterKey.create(name);
  }

  private <T> CompletionStage<Optional<T>> readValue(String name) {
    Key<LWWRegister<T>> key = key(name);
    return AskPattern.<Replicator.Command, Replicator.GetResponse<LWWRegister<T>>>ask(
            replicator,
            replyTo -> new Replicator.Get<>(key, new Replicator.ReadMajority(patience), replyTo),
            patience.multipliedBy(2),
            system.scheduler())
        .thenCompose(
            answer -> {
              if (answer instanceof Replicator.GetSuccess<LWWRegister<T>> success) {
                return CompletableFuture.completedFuture(Optional.of(success.get(key).getValue()));
              }
              boolean known =
                  answer instanceof Replicator.NotFound<?>
                      || answer instanceof Replicator.GetDataDeleted<?>;
              return known
                  ? CompletableFuture.completedFuture(Optional.empty())
                  : CompletableFuture.failedFuture(noMajority());
            });
  }

  private <T> CompletionStage<Void> write(String name, T value, long version) {
    Key<LWWRegister<T>> key = key(name);
    LWWRegister.Clock<T> clock = new Version<>(version);
    LWWRegister<T> initial = LWWRegister.create(self, value, clock);
    return AskPattern.<Replicator.Command, Replicator.UpdateResponse<LWWRegister<T>>>ask(
            replicator,
            replyTo ->
                new Replicator.Update<>(
                    key,
                    initial,
                    new Replicator.WriteMajority(patience),
                    replyTo,
                    register -> register.withValue(self, value, clock)),
            patience.multipliedBy(2),
            system.scheduler())
        .thenCompose(
            answer ->
                answer instanceof Replicator.UpdateSuccess<?>
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(noMajority()));
  }

  private CompletionStage<Void> delete(String name) {
    Key<LWWRegister<CborMessage>> key = key(name);
    return AskPattern.<Replicator.Command, Replicator.DeleteResponse<LWWRegister<CborMessage>>>ask(
            replicator,
            replyTo ->
                new Replicator.Delete<>(key, new Replicator.WriteMajority(patience), replyTo),
            patience.multipliedBy(2),
            system.scheduler())
        .thenCompose(
            answer ->
                answer instanceof Replicator.DeleteFailure<?>
                    ? CompletableFuture.failedFuture(noMajority())
                    : CompletableFuture.completedFuture(null));
  }

  private static TimeoutException noMajority() {
    return new TimeoutException("no majority of the nodes answered");
  }

  /** Counts versions in place of time: clocks of machines differ, and records move. */
  private record Version<T>(long version) implements LWWRegister.Clock<T> {
    @Override
    public long apply(long currentTimestamp, T value) {
      return version;
    }
  }
}

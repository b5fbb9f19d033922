package org.chorale.batch;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AskPattern;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes to the journal of a job what runs that were killed would have left there. */
final class JournalWriter
    extends EventSourcedBehavior<JournalWriter.Write, JobActor.Event, JobState> {

  record Write(List<JobActor.Event> events, ActorRef<String> replyTo) {}

  private JournalWriter(String job) {
    super(PersistenceId.ofUniqueId("batch-" + job));
  }

  static void write(Config config, String job, List<JobActor.Event> events) throws Exception {
    ProgressStore.of(config).prepare();
    Behavior<Write> writer = new JournalWriter(job);
    ActorSystem<Write> system = ActorSystem.create(writer, "journal-writer", config);
    try {
      AskPattern.<Write, String>ask(
              system,
              replyTo -> new Write(events, replyTo),
              Duration.ofSeconds(60),
              system.scheduler())
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  @Override
  public JobState emptyState() {
    return new JobState();
  }

  @Override
  public CommandHandler<Write, JobActor.Event, JobState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Write.class,
            write ->
                Effect().persist(write.events()).thenReply(write.replyTo(), state -> "written"))
        .build();
  }

  @Override
  public EventHandler<JobState, JobActor.Event> eventHandler() {
    return newEventHandlerBuilder().forAnyState().onAnyEvent((state, event) -> state);
  }
}

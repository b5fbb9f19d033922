package org.chorale.service;

import akka.Done;
import akka.NotUsed;
import akka.http.javadsl.model.ws.BinaryMessage;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.japi.pf.PFBuilder;
import akka.stream.Materializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.chorale.audio.Pcm16;
import org.chorale.synth.SpeechBlock;
import org.chorale.synth.SpokenWord;

/**
 * One socket of {@code WS /v1/speak}, which speaks one text. What comes in and what goes out meet
 * in three places: the text asked for, whether the client has cancelled, and what it did wrong.
 */
final class SpeakSocket {

  /** How long a client may be silent before it says what is to be spoken. */
  private static final Duration FIRST = Duration.ofSeconds(30);

  /** How long the parts of one message may take to come. */
  private static final Duration STRICT = Duration.ofSeconds(20);

  /** Characters of JSON about a text whose every character is escaped. */
  private static final int JSON_FACTOR = 6;

  private static final int JSON_REST = 4_096;

  private final ServiceSettings.Speak settings;
  private final SpeechWork work;
  private final SpeakProtocol protocol;
  private final ErrorReplies errors;
  private final Materializer materializer;
  private final long frameCharacters;
  private final CompletableFuture<SpeechRequest> asked = new CompletableFuture<>();
  private final CompletableFuture<Done> ended = new CompletableFuture<>();
  private volatile boolean cancelled;
  private volatile ServiceException fault;
  private long words;

  SpeakSocket(
      ServiceSettings.Speak settings,
      SpeechWork work,
      SpeakProtocol protocol,
      ErrorReplies errors,
      Materializer materializer) {
    this.settings = settings;
    this.work = work;
    this.protocol = protocol;
    this.errors = errors;
    this.materializer = materializer;
    this.frameCharacters = (long) JSON_FACTOR * settings.maxTextCharacters() + JSON_REST;
  }

  /** What the socket is connected to, once. */
  Flow<Message, Message, NotUsed> flow() {
    Sink<Message, NotUsed> in =
        Flow.<Message>create().mapAsync(1, this::read).to(Sink.foreach(this::said));
    Source<Message, NotUsed> out =
        Source.completionStageSource(
                asked
                    .orTimeout(FIRST.toSeconds(), TimeUnit.SECONDS)
                    .thenCompose(this::begin)
                    .thenApply(this::messages))
            .recover(
                new PFBuilder<Throwable, Message>()
                    .matchAny(e -> TextMessage.create(protocol.error(errors.translate(e))))
                    .build())
            // Behind what makes failures into messages: this client takes none.
            .backpressureTimeout(settings.stallTimeout())
            .watchTermination(
                (nothing, done) -> {
                  done.whenComplete((d, e) -> ended.complete(Done.getInstance()));
                  return NotUsed.getInstance();
                });
    return Flow.fromSinkAndSourceCoupledMat(in, out, Keep.none());
  }

  /** The text of a frame; empty for one that is no text, or too long. */
  private CompletionStage<String> read(Message message) {
    if (!message.isText()) {
      BinaryMessage binary = message.asBinaryMessage();
      wrong("The client of /v1/speak sends no audio.");
      return binary.isStrict()
          ? CompletableFuture.completedFuture("")
          : binary
              .getStreamedData()
              .runWith(Sink.ignore(), materializer)
              .handle((done, failure) -> "");
    }
    TextMessage text = message.asTextMessage();
    CompletionStage<String> whole =
        text.isStrict()
            ? CompletableFuture.completedFuture(text.getStrictText())
            : text.getStreamedText()
                .limitWeighted(frameCharacters, part -> (long) part.length())
                .completionTimeout(STRICT)
                .runFold(new StringBuilder(), StringBuilder::append, materializer)
                .thenApply(StringBuilder::toString);
    return whole.handle(
        (all, failure) -> {
          if (failure == null && all.length() <= frameCharacters) {
            return all;
          }
          wrong("A message has at most %,d characters.".formatted(frameCharacters));
          return "";
        });
  }

  private void said(String frame) {
    if (fault != null) {
      return;
    }
    try {
      JsonNode json = protocol.object(frame);
      String type = json.path("type").asText();
      if (type.equals("speak") && !asked.isDone()) {
        asked.complete(SpeechRequest.of(json, settings.maxTextCharacters()));
      } else if (type.equals("cancel") && asked.isDone()) {
        cancelled = true;
      } else {
        wrong(
            asked.isDone()
                ? "A socket speaks one text; all that may come after 'speak' is 'cancel'."
                : "The first message is of type 'speak'.");
      }
    } catch (ServiceException e) {
      wrong(e);
    }
  }

  private void wrong(String message) {
    wrong(new ServiceException(ErrorCode.BAD_REQUEST, message));
  }

  /** Ends the socket: at once, or before the next piece. */
  private void wrong(ServiceException failure) {
    if (fault == null) {
      fault = failure;
      asked.completeExceptionally(failure);
    }
  }

  private CompletionStage<SpeechEngine.Speech> begin(SpeechRequest request) {
    work.enter(ended);
    return work.begin(request, null);
  }

  private Source<Message, NotUsed> messages(SpeechEngine.Speech speech) {
    // Lazily: what comes later is not to be made before what comes first has been taken.
    return Source.<Message>single(TextMessage.create(protocol.ready(speech)))
        .concatLazy(
            work.blocks(speech, this::isStopped).mapConcat(block -> messages(speech, block)))
        .concatLazy(
            Source.lazySingle(
                () ->
                    TextMessage.create(
                        cancelled ? protocol.cancelled() : protocol.done(speech.alignment()))));
  }

  private boolean isStopped() {
    if (fault != null) {
      throw fault;
    }
    return cancelled;
  }

  /** The words of a piece, then its sound. */
  private List<Message> messages(SpeechEngine.Speech speech, SpeechBlock block) {
    List<Message> messages = new ArrayList<>();
    for (SpokenWord word : block.words()) {
      if (word.isSpoken()) {
        messages.add(TextMessage.create(protocol.word(++words, word, speech)));
      }
    }
    if (block.samples().length > 0) {
      messages.add(BinaryMessage.create(ByteString.fromArray(Pcm16.bytes(block.samples()))));
    }
    return messages;
  }
}

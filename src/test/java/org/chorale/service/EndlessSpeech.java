package org.chorale.service;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.chorale.align.Alignment;
import org.chorale.engine.SpokenAlignment;
import org.chorale.synth.SpeechBlock;
import org.chorale.synth.SpokenWord;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;

/** Speaks its first word for ever, a minute at a time, and counts the pieces. */
final class EndlessSpeech implements SpeechEngine {

  private static final int SAMPLES = 60 * 16_000;

  final AtomicInteger pieces = new AtomicInteger();

  @Override
  public Speech speak(SpeechRequest request, AlignmentEngine.Recording reference)
      throws TextException {
    Document document =
        new DocumentReader()
            .parse(new TextFile("text", TextFormat.PLAIN, request.text()), request.language());
    SpokenAlignment alignment = new SpokenAlignment(document, "none");
    return new Speech() {
      @Override
      public String voice() {
        return "nobody";
      }

      @Override
      public Document document() {
        return document;
      }

      @Override
      public Optional<SpeechBlock> next() {
        boolean first = pieces.getAndIncrement() == 0;
        return Optional.of(
            new SpeechBlock(
                first ? List.of(new SpokenWord(0, 0, 60)) : List.of(), 0, new float[SAMPLES]));
      }

      @Override
      public Alignment alignment() {
        return alignment.of("speech.wav", 0);
      }
    };
  }
}

package org.chorale.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.chorale.align.Alignment;
import org.chorale.audio.AudioFiles;
import org.chorale.audio.AudioSource;
import org.chorale.engine.SpokenAlignment;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.pronunciation.Pronouncer;
import org.chorale.synth.SpeechBlock;
import org.chorale.synth.SpeechSettings;
import org.chorale.synth.SpeechStream;
import org.chorale.synth.Synthesizer;
import org.chorale.synth.Voice;
import org.chorale.text.Document;
import org.chorale.text.DocumentReader;
import org.chorale.text.TextException;
import org.chorale.text.TextFile;
import org.chorale.text.TextFormat;

/** Speaks by the models that come with Chorale, which are loaded when they are first asked for. */
final class SynthesizerEngine implements SpeechEngine, AutoCloseable {

  private static final String SPEECH = "tts-v1";
  private static final String PRONUNCIATION = "g2p-v1";

  /** What results call the recording. */
  private static final String NAME = "speech.wav";

  private final Path models;
  private final OrtRuntime runtime;
  private final DocumentReader documents = new DocumentReader();
  private Synthesizer synthesizer;

  /**
   * An engine.
   *
   * @param models folder of the models
   */
  SynthesizerEngine(Path models, OrtRuntime runtime) {
    this.models = models;
    this.runtime = runtime;
  }

  private synchronized Synthesizer synthesizer() throws ModelException {
    if (synthesizer == null) {
      ModelFolder folder = ModelFolder.open(models.resolve(SPEECH));
      // One of its own, because it is closed with the synthesizer.
      Pronouncer pronouncer =
          Pronouncer.load(ModelFolder.open(models.resolve(PRONUNCIATION)), runtime);
      synthesizer = Synthesizer.load(folder, pronouncer, runtime);
    }
    return synthesizer;
  }

  @Override
  public Speech speak(SpeechRequest request, AlignmentEngine.Recording reference)
      throws IOException, TextException {
    Document document =
        documents.parse(new TextFile("text", TextFormat.PLAIN, request.text()), request.language());
    Synthesizer speaker = synthesizer();
    Voice voice = voice(speaker, request, reference, document);
    SpeechSettings settings =
        new SpeechSettings(
            request.rate(), request.method().orElse(speaker.standardMethod()), request.seed());
    return new Speaking(document, voice, speaker.speak(document, voice, settings));
  }

  private static Voice voice(
      Synthesizer speaker,
      SpeechRequest request,
      AlignmentEngine.Recording reference,
      Document document)
      throws IOException {
    if (reference != null) {
      try (AudioSource source = new AudioFiles().open(reference.file(), reference.name(), 1)) {
        return speaker.reference(source, reference.name());
      }
    }
    if (request.voice().isEmpty()) {
      return speaker.voiceFor(document.language());
    }
    return speaker
        .voice(request.voice().get())
        .orElseThrow(
            () ->
                new ServiceException(
                    ErrorCode.BAD_REQUEST,
                    "'voice' is none that there is; use one of %s."
                        .formatted(
                            speaker.voices().stream()
                                .map(Voice::name)
                                .collect(Collectors.joining(", ")))));
  }

  private static final class Speaking implements Speech {
    private final Document document;
    private final Voice voice;
    private final SpeechStream stream;
    private final SpokenAlignment alignment;

    Speaking(Document document, Voice voice, SpeechStream stream) {
      this.document = document;
      this.voice = voice;
      this.stream = stream;
      this.alignment = new SpokenAlignment(document, SPEECH);
    }

    @Override
    public String voice() {
      return voice.name();
    }

    @Override
    public Document document() {
      return document;
    }

    @Override
    public Optional<SpeechBlock> next() throws IOException, TextException {
      Optional<SpeechBlock> block = stream.next();
      if (block.isEmpty() && stream.seconds() == 0) {
        throw new TextException(
            "The text is in a script that Chorale cannot pronounce; give it in Latin letters.");
      }
      block.ifPresent(b -> b.words().forEach(alignment::add));
      return block;
    }

    @Override
    public Alignment alignment() {
      return alignment.of(NAME, stream.seconds());
    }
  }

  @Override
  public synchronized void close() {
    if (synthesizer != null) {
      synthesizer.close();
      synthesizer = null;
    }
  }
}

package org.chorale.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.chorale.acoustic.ClassSelection;
import org.chorale.acoustic.CtcModel;
import org.chorale.acoustic.Emissions;
import org.chorale.acoustic.OfflineEmissions;
import org.chorale.acoustic.TokenSet;
import org.chorale.acoustic.WindowedEmissions;
import org.chorale.align.Alignment;
import org.chorale.align.Confidence;
import org.chorale.align.CtcAligner;
import org.chorale.align.CtcClasses;
import org.chorale.align.Reading;
import org.chorale.align.SearchSettings;
import org.chorale.audio.AudioSource;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OrtRuntime;
import org.chorale.spelling.Speller;
import org.chorale.text.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Foreign CTC models: words are spelled, tokens are found. Thread-safe. */
final class CtcMethod implements AlignmentMethod {

  private static final Logger LOG = LoggerFactory.getLogger(CtcMethod.class);

  /** Any script to plain small letters, as "romanisation": true asks for. */
  private static final String ROMANISATION = "Any-Latin; Latin-ASCII; Lower";

  private final ModelFolder folder;
  private final CtcModel model;
  private final Speller speller;
  private final SearchSettings settings;
  private final Confidence confidence;

  private CtcMethod(
      ModelFolder folder,
      CtcModel model,
      Speller speller,
      SearchSettings settings,
      Confidence confidence) {
    this.folder = folder;
    this.model = model;
    this.speller = speller;
    this.settings = settings;
    this.confidence = confidence;
  }

  /**
   * Loads the model.
   *
   * @throws ModelException when it is missing or broken
   */
  static CtcMethod load(ModelFolder folder, OrtRuntime runtime) throws ModelException {
    CtcModel model = CtcModel.load(folder, runtime);
    Confidence calibrated = SearchManifest.confidence(folder);
    try {
      return new CtcMethod(
          folder,
          model,
          speller(folder, model.tokens()),
          SearchManifest.settings(folder, SearchSettings.ctcDefaults()),
          calibrated == null ? Confidence.uncalibrated() : calibrated);
    } catch (ModelException e) {
      model.close();
      throw e;
    }
  }

  private static Speller speller(ModelFolder folder, TokenSet tokens) throws ModelException {
    JsonNode json = folder.manifest().json().path("romanisation");
    String romanisation = json.isTextual() ? json.asText() : json.asBoolean() ? ROMANISATION : null;
    Set<Integer> silent = new HashSet<>(List.of(tokens.blank(), tokens.separator()));
    try {
      return new Speller(tokens.symbols(), silent, romanisation);
    } catch (IllegalArgumentException e) {
      throw folder.broken(
          "'romanisation' is '%s', which ICU does not know".formatted(romanisation));
    }
  }

  @Override
  public Result align(AudioSource source, Document document, LongConsumer progress)
      throws IOException {
    Map<String, List<int[]>> spelled = speller.spell(WordReadings.spokenWords(document));
    ClassSelection selection = selection(spelled);
    List<List<Reading>> readings = WordReadings.of(document, selected(spelled, selection));
    checkSpellings(document, readings);
    OfflineEmissions.Result heard = new WindowedEmissions(model).of(source, selection, progress);
    try (Emissions emissions = heard.emissions()) {
      Alignment.Audio audio = AlignmentMethod.audio(source, heard);
      CtcAligner aligner = new CtcAligner(classes(selection), settings, confidence);
      return new Result(audio, aligner.align(document, readings, emissions, audio));
    }
  }

  private ClassSelection selection(Map<String, List<int[]>> spelled) {
    TokenSet tokens = model.tokens();
    Set<Integer> needed = new HashSet<>();
    needed.add(tokens.blank());
    if (tokens.separator() != TokenSet.NONE) {
      needed.add(tokens.separator());
    }
    for (List<int[]> spellings : spelled.values()) {
      spellings.forEach(row -> Arrays.stream(row).forEach(needed::add));
    }
    return new ClassSelection(tokens.symbols().size(), needed);
  }

  private static Map<String, List<int[]>> selected(
      Map<String, List<int[]>> spelled, ClassSelection selection) {
    Map<String, List<int[]>> out = new HashMap<>();
    spelled.forEach(
        (word, spellings) ->
            out.put(
                word,
                spellings.stream()
                    .map(row -> Arrays.stream(row).map(selection::indexOf).toArray())
                    .toList()));
    return out;
  }

  private CtcClasses classes(ClassSelection selection) {
    TokenSet tokens = model.tokens();
    List<String> symbols = new ArrayList<>();
    for (int kept : selection.kept()) {
      symbols.add(tokens.symbols().get(kept));
    }
    double rate = AudioSource.SAMPLE_RATE;
    return new CtcClasses(
        symbols,
        selection.indexOf(tokens.blank()),
        tokens.separator() == TokenSet.NONE ? -1 : selection.indexOf(tokens.separator()),
        (model.firstFrameCentre() - model.frameSamples() / 2.0) / rate,
        model.frameSamples() / rate);
  }

  private void checkSpellings(Document document, List<List<Reading>> readings)
      throws ModelException {
    long spoken = document.words().stream().filter(w -> w.isSpoken()).count();
    long spelled = readings.stream().filter(r -> !r.isEmpty()).count();
    if (spelled == 0) {
      throw new ModelException(
          "The vocabulary of the model '%s' has no letter of this text; set 'romanisation' in its"
                  .formatted(folder.folder())
              + " manifest.json or name another model with --model.");
    }
    if (spelled < spoken) {
      LOG.info(
          "{} of {} words cannot be spelled with the model's vocabulary", spoken - spelled, spoken);
    }
  }

  /** Letters go to the model as they are. */
  @Override
  public String readAs(String language) {
    return language;
  }

  /** What cannot be spelled is told when the text is aligned. */
  @Override
  public boolean canRead(Document document) {
    return true;
  }

  @Override
  public void close() {
    model.close();
  }
}

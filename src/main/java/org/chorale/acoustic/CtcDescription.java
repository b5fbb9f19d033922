package org.chorale.acoustic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.chorale.audio.AudioSource;
import org.chorale.dsp.LogMel;
import org.chorale.dsp.LogMelSettings;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;

/**
 * What the manifest says of a foreign CTC model; docs/models.md explains every field.
 *
 * @param modelFile the ONNX file
 * @param input the graph's input for samples or features
 * @param lengthInput its input for their number, null where it has none
 * @param maskInput its input for a mask of ones over the samples, null where it has none
 * @param output its output, null for the only one
 * @param frontEnd what is done to samples first
 * @param frameSamples samples from frame to frame
 * @param firstFrameCentre sample on which the first frame is centred
 * @param windowFrames frames of a window, contexts included
 * @param leftContext frames at the beginning of a window that are not used but in the first
 * @param rightContext frames at its end that are not used but in the last
 * @param tokens the vocabulary
 */
record CtcDescription(
    String modelFile,
    String input,
    String lengthInput,
    String maskInput,
    String output,
    FrontEnd frontEnd,
    int frameSamples,
    int firstFrameCentre,
    int windowFrames,
    int leftContext,
    int rightContext,
    TokenSet tokens) {

  private static final double WINDOW_SECONDS = 30;
  private static final double CONTEXT_SECONDS = 2;

  /** Models may give a few frames less than there are; the contexts must cover them. */
  private static final int LEAST_CONTEXT = 4;

  private static final Set<String> FEATURE_FIELDS =
      Set.of(
          "type",
          "like",
          "layout",
          "sampleScale",
          "preemphasis",
          "preemphasisOver",
          "removeOffset",
          "windowSamples",
          "hopSamples",
          "framing",
          "window",
          "fftSize",
          "power",
          "mels",
          "melScale",
          "lowHertz",
          "highHertz",
          "trianglesOver",
          "melNorm",
          "logGuard",
          "logGuardIs",
          "dither");

  /** Reads the manifest of a folder. */
  static CtcDescription of(ModelFolder folder) throws ModelException {
    JsonNode json = folder.manifest().json();
    if (json.path("sampleRate").asInt() != AudioSource.SAMPLE_RATE) {
      throw folder.broken("'sampleRate' is not " + AudioSource.SAMPLE_RATE);
    }
    int stride = json.path("frameStrideSamples").asInt();
    if (stride <= 0 || stride > AudioSource.SAMPLE_RATE) {
      throw folder.broken("'frameStrideSamples' is not a number of samples");
    }
    int context = frames(CONTEXT_SECONDS, stride);
    int left = json.path("leftContextFrames").asInt(context);
    int right = json.path("rightContextFrames").asInt(context);
    int window = json.path("windowFrames").asInt(frames(WINDOW_SECONDS, stride));
    if (left < LEAST_CONTEXT || right < LEAST_CONTEXT || window <= left + right) {
      throw folder.broken(
          "'windowFrames' is not more than 'leftContextFrames' and 'rightContextFrames', each of"
              + " at least "
              + LEAST_CONTEXT);
    }
    return new CtcDescription(
        json.path("model").asText("model.onnx"),
        name(folder, "input"),
        optional(json, "lengthInput"),
        optional(json, "maskInput"),
        optional(json, "output"),
        frontEnd(folder),
        stride,
        json.path("firstFrameCentreSample").asInt(stride / 2),
        window,
        left,
        right,
        tokens(folder));
  }

  private static int frames(double seconds, int stride) {
    return (int) Math.max(LEAST_CONTEXT, Math.ceil(seconds * AudioSource.SAMPLE_RATE / stride));
  }

  private static String name(ModelFolder folder, String field) throws ModelException {
    String value = optional(folder.manifest().json(), field);
    if (value == null) {
      throw folder.broken("'" + field + "' is missing");
    }
    return value;
  }

  private static String optional(JsonNode json, String field) {
    return json.path(field).isTextual() ? json.path(field).asText() : null;
  }

  private static FrontEnd frontEnd(ModelFolder folder) throws ModelException {
    JsonNode json = folder.manifest().json();
    JsonNode features = json.path("features");
    String normalisation = json.path("normalisation").asText("none");
    if (features.asText().equals("raw")) {
      return new FrontEnd.Raw(
          normalised(folder, normalisation, "zero-mean-unit-variance", "raw samples"));
    }
    if (!features.path("type").asText().equals("log-mel")) {
      throw folder.broken("'features' is neither \"raw\" nor an object of type \"log-mel\"");
    }
    for (Map.Entry<String, JsonNode> entry : features.properties()) {
      if (!FEATURE_FIELDS.contains(entry.getKey())) {
        throw folder.broken("'features' has no '" + entry.getKey() + "'");
      }
    }
    boolean kaldi = choice(folder, features, "like", "nemo", "nemo", "kaldi").equals("kaldi");
    String layout =
        choice(
            folder,
            features,
            "layout",
            kaldi ? "frames-mels" : "mels-frames",
            "mels-frames",
            "frames-mels");
    return new FrontEnd.Mel(
        new LogMel(
            settings(folder, features, kaldi ? LogMelSettings.kaldi() : LogMelSettings.nemo())),
        normalised(folder, normalisation, "per-feature", "log-mel features"),
        layout.equals("mels-frames"));
  }

  private static boolean normalised(ModelFolder folder, String normalisation, String own, String of)
      throws ModelException {
    if (!normalisation.equals(own) && !normalisation.equals("none")) {
      throw folder.broken(
          "'normalisation' is '%s'; for %s it is '%s' or 'none'".formatted(normalisation, of, own));
    }
    return normalisation.equals(own);
  }

  private static LogMelSettings settings(ModelFolder folder, JsonNode json, LogMelSettings standard)
      throws ModelException {
    if (json.path("dither").asDouble(0) != 0) {
      throw folder.broken("'dither' is not 0: it is for training");
    }
    String over = standard.preemphasisByFrame() ? "frame" : "signal";
    String triangles = standard.straightInMels() ? "mels" : "hertz";
    String guard = standard.guardIsAdded() ? "added" : "least";
    try {
      return new LogMelSettings(
          AudioSource.SAMPLE_RATE,
          json.path("sampleScale").asDouble(standard.sampleScale()),
          json.path("preemphasis").asDouble(standard.preemphasis()),
          choice(folder, json, "preemphasisOver", over, "frame", "signal").equals("frame"),
          json.path("removeOffset").asBoolean(standard.removeOffset()),
          json.path("windowSamples").asInt(standard.windowSamples()),
          json.path("hopSamples").asInt(standard.hopSamples()),
          choice(folder, json, "framing", standard.framing()),
          choice(folder, json, "window", standard.window()),
          json.path("fftSize").asInt(standard.fftSize()),
          json.path("power").asInt(standard.power() ? 2 : 1) == 2,
          json.path("mels").asInt(standard.mels()),
          choice(folder, json, "melScale", standard.scale()),
          json.path("lowHertz").asDouble(standard.lowHertz()),
          json.path("highHertz").asDouble(standard.highHertz()),
          choice(folder, json, "trianglesOver", triangles, "mels", "hertz").equals("mels"),
          choice(
                  folder,
                  json,
                  "melNorm",
                  standard.equalAreas() ? "slaney" : "none",
                  "slaney",
                  "none")
              .equals("slaney"),
          json.path("logGuard").asDouble(standard.logGuard()),
          choice(folder, json, "logGuardIs", guard, "added", "least").equals("added"));
    } catch (IllegalArgumentException e) {
      throw folder.broken("'features' do not go together: " + e.getMessage());
    }
  }

  private static String choice(
      ModelFolder folder, JsonNode json, String field, String standard, String... allowed)
      throws ModelException {
    String value = json.path(field).asText(standard);
    if (!List.of(allowed).contains(value)) {
      throw folder.broken(
          "'%s' is '%s', not one of %s".formatted(field, value, String.join(", ", allowed)));
    }
    return value;
  }

  /** A constant by its name in lower case with hyphens. */
  private static <E extends Enum<E>> E choice(
      ModelFolder folder, JsonNode json, String field, E standard) throws ModelException {
    Class<E> type = standard.getDeclaringClass();
    String[] names =
        Arrays.stream(type.getEnumConstants())
            .map(e -> e.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toArray(String[]::new);
    String own = names[standard.ordinal()];
    return type.getEnumConstants()[List.of(names).indexOf(choice(folder, json, field, own, names))];
  }

  private static TokenSet tokens(ModelFolder folder) throws ModelException {
    JsonNode json = folder.manifest().json();
    List<String> symbols = new ArrayList<>(symbols(folder, json.path("vocabulary")));
    JsonNode blank = json.path("blank");
    int blankIndex = blank.isInt() ? blank.asInt() : symbols.indexOf(blank.asText());
    if (blankIndex == symbols.size()) {
      symbols.add("<blank>"); // as NeMo counts: behind its vocabulary, not in it
    }
    if (blankIndex < 0 || blankIndex >= symbols.size()) {
      throw folder.broken(
          "'blank' is %s, which is no token of the vocabulary (%d tokens)"
              .formatted(blank, symbols.size()));
    }
    String separator = optional(json, "wordSeparator");
    int separatorIndex = separator == null ? TokenSet.NONE : symbols.indexOf(separator);
    if (separator != null && separatorIndex < 0) {
      throw folder.broken("'wordSeparator' is no token of the vocabulary");
    }
    return new TokenSet(symbols, blankIndex, separatorIndex);
  }

  private static List<String> symbols(ModelFolder folder, JsonNode vocabulary)
      throws ModelException {
    if (vocabulary.isArray() && !vocabulary.isEmpty()) {
      return list(vocabulary);
    }
    if (!vocabulary.isTextual()) {
      throw folder.broken("'vocabulary' is neither a list of tokens nor the name of a file");
    }
    String file = vocabulary.asText();
    String text = new String(folder.read(file), StandardCharsets.UTF_8);
    if (!file.endsWith(".json")) {
      return TokenFiles.lines(folder, file, text);
    }
    try {
      JsonNode tree = new ObjectMapper().readTree(text);
      return tree.isArray() ? list(tree) : TokenFiles.map(folder, file, tree);
    } catch (JsonProcessingException e) {
      throw folder.broken(file + " is not JSON");
    }
  }

  private static List<String> list(JsonNode array) {
    List<String> out = new ArrayList<>();
    array.forEach(n -> out.add(n.asText()));
    return out;
  }
}

package org.chorale.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chorale.model.ModelFolder;

/** Folders of foreign models as docs/models.md tells users to make them. */
public final class ForeignModel {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The vocabulary of wav2vec2-base-960h. */
  public static final List<String> WAV2VEC =
      Stream.concat(
              Stream.of("<pad>", "<s>", "</s>", "<unk>", "|"),
              "ETAONIHSRDLUMWCFGYPBVK'XJQZ".chars().mapToObj(Character::toString))
          .toList();

  /** The vocabulary of MMS's aligner, filled up to what the net has. */
  public static final List<String> MMS =
      Stream.concat(
              "-aienoutsrmkldghybpwcvjzf'qx*".chars().mapToObj(Character::toString),
              Stream.of("<a>", "<b>", "<c>"))
          .toList();

  /** Pieces, as NeMo writes them: blank is not among them. */
  public static final List<String> NEMO =
      List.of(
          "<unk>", "▁the", "▁", "e", "t", "a", "o", "n", "i", "s", "r", "h", "l", "qu", "ick",
          "▁qu", "▁f", "ox", "x", "u", "c", "k", "q");

  /** Characters with a separator, as in tokens.txt of icefall. */
  public static final List<String> KALDI =
      Stream.concat(
              Stream.of("<blk>", "▁"),
              "abcdefghijklmnopqrstuv".chars().mapToObj(Character::toString))
          .toList();

  private final Path folder;
  private final ObjectNode manifest;

  private ForeignModel(Path folder, String net, String manifest) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.manifest = (ObjectNode) MAPPER.readTree(manifest);
    this.manifest.put("name", folder.getFileName().toString());
    this.manifest.put("version", "1").put("task", "ctc-acoustic").put("licence", "CC0-1.0");
    this.manifest.put("sampleRate", 16_000).putArray("languages").add("en");
    with("model.onnx", Files.readAllBytes(Path.of("src/test/resources/ctc", net + ".onnx")));
  }

  /** As {@code optimum-cli export onnx} leaves wav2vec 2.0. */
  public static ForeignModel wav2vec(Path folder) throws IOException {
    return wav2vec(folder, "raw");
  }

  /** The same with an attention mask. */
  public static ForeignModel masked(Path folder) throws IOException {
    ForeignModel model = wav2vec(folder, "masked");
    model.manifest.put("maskInput", "attention_mask");
    return model;
  }

  private static ForeignModel wav2vec(Path folder, String net) throws IOException {
    ForeignModel model =
        new ForeignModel(
            folder,
            net,
            """
            {"features": "raw", "normalisation": "zero-mean-unit-variance",
             "frameStrideSamples": 320, "firstFrameCentreSample": 200,
             "input": "input_values", "output": "logits",
             "vocabulary": "vocab.json", "blank": "<pad>", "wordSeparator": "|"}
            """);
    ObjectNode vocabulary = MAPPER.createObjectNode();
    IntStream.range(0, WAV2VEC.size()).forEach(i -> vocabulary.put(WAV2VEC.get(i), i));
    return model.with("vocab.json", MAPPER.writeValueAsBytes(vocabulary));
  }

  /** As MMS's aligner: romanised, no separator, blank "-". */
  public static ForeignModel mms(Path folder) throws IOException {
    ForeignModel model =
        new ForeignModel(
            folder,
            "raw",
            """
            {"features": "raw", "normalisation": "zero-mean-unit-variance",
             "frameStrideSamples": 320, "firstFrameCentreSample": 200,
             "input": "input_values", "blank": 0, "romanisation": true}
            """);
    MMS.forEach(model.manifest.putArray("vocabulary")::add);
    return model;
  }

  /** As NeMo's {@code model.export()}. */
  public static ForeignModel nemo(Path folder) throws IOException {
    ForeignModel model =
        new ForeignModel(
            folder,
            "nemo",
            """
            {"features": {"type": "log-mel", "like": "nemo"}, "normalisation": "per-feature",
             "frameStrideSamples": 1280, "firstFrameCentreSample": 0,
             "input": "audio_signal", "lengthInput": "length", "output": "logprobs", "blank": 23}
            """);
    NEMO.forEach(model.manifest.putArray("vocabulary")::add);
    return model;
  }

  /** As icefall's and sherpa-onnx's models. */
  public static ForeignModel kaldi(Path folder) throws IOException {
    ForeignModel model =
        new ForeignModel(
            folder,
            "kaldi",
            """
            {"features": {"type": "log-mel", "like": "kaldi"}, "frameStrideSamples": 640,
             "firstFrameCentreSample": 560, "input": "x", "lengthInput": "x_lens", "output": "log_probs",
             "vocabulary": "tokens.txt", "blank": "<blk>", "wordSeparator": "▁"}
            """);
    String tokens =
        IntStream.range(0, KALDI.size())
            .mapToObj(i -> KALDI.get(i) + " " + i + "\n")
            .collect(Collectors.joining());
    return model.with("tokens.txt", tokens.getBytes(StandardCharsets.UTF_8));
  }

  /** The manifest, to be changed before {@link #open}. */
  public ObjectNode manifest() {
    return manifest;
  }

  /** Writes a file and names it in the manifest. */
  public ForeignModel with(String name, byte[] content) throws IOException {
    Files.write(folder.resolve(name), content);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      manifest.withObject("/files").putObject(name).put("sha256", HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  /** Writes the manifest and returns the folder. */
  public Path write() throws IOException {
    Files.write(folder.resolve("manifest.json"), MAPPER.writeValueAsBytes(manifest));
    return folder;
  }

  /** Writes the manifest and opens the folder. */
  public ModelFolder open() throws IOException {
    return ModelFolder.open(write());
  }
}

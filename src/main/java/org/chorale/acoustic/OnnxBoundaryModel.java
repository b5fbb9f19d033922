package org.chorale.acoustic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chorale.model.ModelException;
import org.chorale.model.ModelFolder;
import org.chorale.onnx.OnnxSession;
import org.chorale.onnx.OnnxSession.FloatTensor;
import org.chorale.onnx.OrtRuntime;

/** The boundary model that lies in the folder of an acoustic model. Thread-safe. */
public final class OnnxBoundaryModel implements BoundaryModel, AutoCloseable {

  private static final String LEVELS = "levels";
  private static final String CUES = "cues";
  private static final String PLACES = "places";

  private final OnnxSession session;
  private final int reachFrames;
  private final int scoreFrames;
  private final int kinds;
  private final int[] kindOf;

  private OnnxBoundaryModel(
      OnnxSession session, int reachFrames, int scoreFrames, int kinds, int[] kindOf) {
    this.session = session;
    this.reachFrames = reachFrames;
    this.scoreFrames = scoreFrames;
    this.kinds = kinds;
    this.kindOf = kindOf;
  }

  /**
   * Loads the boundary model of an acoustic model.
   *
   * @param phones classes of the acoustic model
   * @return empty when its manifest names none ("boundaries")
   * @throws ModelException when the file is missing or damaged, or does not go with the classes
   */
  public static Optional<OnnxBoundaryModel> load(
      ModelFolder folder, PhoneSet phones, OrtRuntime runtime) throws ModelException {
    JsonNode json = folder.manifest().json().path("boundaries");
    if (json.isMissingNode()) {
      return Optional.empty();
    }
    List<String> kinds = new ArrayList<>();
    json.path("kinds").forEach(kind -> kinds.add(kind.asText()));
    int[] kindOf = phones.broadClasses().stream().mapToInt(kinds::indexOf).toArray();
    for (int kind : kindOf) {
      if (kind < 0) {
        throw folder.broken("'boundaries' does not name every kind of 'broadClasses'");
      }
    }
    int reachFrames = json.path("reachFrames").asInt();
    int scoreFrames = json.path("scoreFrames").asInt();
    if (reachFrames <= 0 || scoreFrames <= 0) {
      throw folder.broken("'boundaries' lacks 'reachFrames' or 'scoreFrames'");
    }
    String file = json.path("file").asText();
    OnnxSession session = runtime.open(folder.folder().resolve(file).toString(), folder.read(file));
    return Optional.of(
        new OnnxBoundaryModel(session, reachFrames, scoreFrames, kinds.size(), kindOf));
  }

  @Override
  public int reachFrames() {
    return reachFrames;
  }

  @Override
  public int scoreFrames() {
    return scoreFrames;
  }

  @Override
  public int kinds() {
    return kinds;
  }

  @Override
  public int kind(int phoneClass) {
    return kindOf[phoneClass];
  }

  @Override
  public float[] places(int count, float[] levels, float[] cues) {
    long[] levelsShape = {count, 2L * reachFrames + 1, BandLevels.BANDS};
    long[] cuesShape = {count, cues()};
    return session
        .run(
            Map.of(
                LEVELS,
                new FloatTensor(levels, levelsShape),
                CUES,
                new FloatTensor(cues, cuesShape)),
            PLACES)
        .values();
  }

  @Override
  public void close() {
    session.close();
  }
}

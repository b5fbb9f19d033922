package org.chorale.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * What {@code manifest.json} says of any model. What belongs to one task only is read from {@link
 * #json()} by the package that runs it.
 *
 * @param name name of the model and of its folder
 * @param version version of the weights
 * @param task what it does: ctc-acoustic, g2p, ...
 * @param languages primary language tags
 * @param licence SPDX identifier of the weights' licence
 * @param files every file of the model but the manifest, by name
 * @param json the whole manifest
 */
public record ModelManifest(
    String name,
    String version,
    String task,
    List<String> languages,
    String licence,
    Map<String, ModelFile> files,
    JsonNode json) {

  /** Takes immutable copies. */
  public ModelManifest {
    languages = List.copyOf(languages);
    files = Map.copyOf(files);
  }

  /**
   * A file of the model.
   *
   * @param sha256 SHA-256 of its bytes, lower-case hexadecimal
   * @param bytes its length, -1 where the manifest does not say
   */
  public record ModelFile(String sha256, long bytes) {}
}

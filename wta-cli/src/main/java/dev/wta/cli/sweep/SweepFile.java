package dev.wta.cli.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code sweep.json} in the folder of a sweep: its runs with all of their settings, so that those
 * that never began can begin when the sweep is resumed.
 *
 * @param family of all models
 * @param runs in the order of the combinations
 */
record SweepFile(String family, List<Entry> runs) {
  private static final String NAME = "sweep.json";
  private static final int SCHEMA = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * A run.
   *
   * @param name of its folder
   * @param values the settings that were swept, as written
   * @param model the model's settings, as {@code config.json} has them
   * @param training the training settings
   */
  record Entry(
      String name,
      Map<String, String> values,
      Map<String, Object> model,
      Map<String, Object> training) {}

  static boolean in(Path folder) {
    return Files.exists(folder.resolve(NAME));
  }

  void write(Path folder) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", SCHEMA);
    document.put("family", family);
    document.put("runs", runs);
    Path file = folder.resolve(NAME);
    try {
      Files.createDirectories(folder);
      try (AtomicFile out = AtomicFile.create(file)) {
        out.write(JSON.writeValueAsString(document) + "\n");
        out.commit();
      }
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be written: %s".formatted(file, failed), "choose another folder", failed);
    }
  }

  static SweepFile read(Path folder) {
    Path file = folder.resolve(NAME);
    try {
      Map<String, Object> document =
          JSON.readValue(Files.readString(file), new TypeReference<Map<String, Object>>() {});
      if (!Integer.valueOf(SCHEMA).equals(document.get("schema"))) {
        throw new WtaException(
            "%s has schema %s, and this version reads %d"
                .formatted(file, document.get("schema"), SCHEMA),
            "use the version of wta that wrote it");
      }
      List<Entry> runs =
          JSON.convertValue(document.get("runs"), new TypeReference<ArrayList<Entry>>() {});
      if (!(document.get("family") instanceof String family) || runs == null || runs.isEmpty()) {
        throw damaged(file, null);
      }
      return new SweepFile(family, List.copyOf(runs));
    } catch (JsonProcessingException | IllegalArgumentException wrong) {
      throw damaged(file, wrong);
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be read: %s".formatted(file, failed),
          "give the folder that the sweep was begun in",
          failed);
    }
  }

  private static WtaException damaged(Path file, Exception cause) {
    return new WtaException(
        "%s is damaged".formatted(file),
        "restore it from a copy, or resume its runs one by one",
        cause);
  }
}

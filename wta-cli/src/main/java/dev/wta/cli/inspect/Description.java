package dev.wta.cli.inspect;

import dev.wta.api.WtaException;
import dev.wta.data.importer.format.Npy;
import dev.wta.models.exchange.SaeFormat;
import dev.wta.models.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What something is.
 *
 * @param kind in a word or two: {@code run}, {@code data set}
 * @param facts by name: values, or maps of them
 * @param use commands that take it
 */
public record Description(String kind, Map<String, Object> facts, List<String> use) {

  /**
   * Describes a run, a data set, a NumPy array, safetensors or a model of another tool. Nothing is
   * computed, and of large files only what describes them is read.
   *
   * @throws WtaException if it is not there, is none of these or cannot be read
   */
  public static Description of(Path path) {
    if (!Files.exists(path)) {
      throw new WtaException("there is no '%s'".formatted(path), "check the path");
    }
    if (Files.isDirectory(path)) {
      if (RunDirectory.holdsRun(path)) {
        return RunDescription.of(RunDirectory.open(path));
      }
      if (Files.exists(path.resolve("state.json"))) { // of Hugging Face's save_to_disk
        return DataDescription.of(path);
      }
      if (SaeFormat.hasFilesOf(path)) {
        return WeightsDescription.of(path, SaeFormat.recognise(path));
      }
      throw unknown(path, "a folder without config.json, cfg.json and state.json");
    }
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy") || name.endsWith(".npy.gz")) {
      return DataDescription.of(path, Npy.form(path));
    }
    if (name.endsWith(".safetensors")) {
      return WeightsDescription.of(path);
    }
    if (name.endsWith(".arrow") || name.endsWith(".parquet")) {
      return DataDescription.of(path);
    }
    if (name.endsWith(".pt") || name.endsWith(".npz")) {
      return WeightsDescription.of(path, SaeFormat.recognise(path));
    }
    throw unknown(path, "a file of another kind");
  }

  private static WtaException unknown(Path path, String what) {
    return new WtaException(
        "%s is %s".formatted(path, what),
        "give a run, an .arrow, .parquet or .npy file, safetensors, a folder that save_to_disk"
            + " wrote, or a model of SAELens, sparsify, dictionary_learning, Gemma Scope or"
            + " OpenAI");
  }

  /** As one JSON document. */
  public Map<String, Object> toJson(Path path) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("path", path.toString());
    json.put("kind", kind);
    json.putAll(facts);
    json.put("use", use);
    return json;
  }
}

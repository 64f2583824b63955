package dev.wta.cli.inspect;

import dev.wta.api.WtaException;
import dev.wta.data.array.NpyArray;
import dev.wta.data.array.SafetensorsArray;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.data.arrow.ReadOptions;
import dev.wta.data.importer.format.Npy;
import dev.wta.data.io.SpecialFile;
import dev.wta.models.exchange.SaeFormat;
import dev.wta.models.io.Json;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
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
   * @param options of a data set
   * @throws WtaException if it is not there, is none of these or cannot be read
   */
  public static Description of(Path path, ReadOptions options) {
    if (!Files.exists(path) && !DatasetFile.is(path)) { // folder:train is no path
      throw new WtaException("there is no '%s'".formatted(path), "check the path");
    }
    SpecialFile.refuse(path, "copy what it sends to a file, and give that");
    boolean folder = Files.isDirectory(path);
    if (RunDirectory.holdsRun(path) && !isForeign(path)) {
      return RunDescription.of(RunDirectory.open(path));
    }
    if (folder && SaeFormat.hasFilesOf(path)) {
      return WeightsDescription.of(path, SaeFormat.recognise(path));
    }
    if (named(path, ".npy.gz") || named(path, ".npy") && !NpyArray.is(path)) {
      return DataDescription.of(path, Npy.form(path));
    }
    if (named(path, ".safetensors") && !holdsSamples(path, options)) {
      return WeightsDescription.of(path);
    }
    if (DatasetFile.is(path)) {
      return DataDescription.of(path, options);
    }
    if (named(path, ".pt") || named(path, ".npz")) {
      return WeightsDescription.of(path, SaeFormat.recognise(path));
    }
    throw new WtaException(
        "%s is %s"
            .formatted(
                path,
                folder
                    ? "a folder without a run, data or a model that wta reads"
                    : "a file of a kind that wta does not read"),
        "give a run, data as 'wta train' takes it, or a model of SAELens, sparsify,"
            + " dictionary_learning, Gemma Scope, Llama Scope, Llamascopium, OpenAI or"
            + " sentence-transformers");
  }

  /** Whether a folder with a config.json is a model of another tool: runs have a schema there. */
  private static boolean isForeign(Path folder) {
    try {
      String config = Files.readString(folder.resolve("config.json"));
      return SaeFormat.hasAllFilesOf(folder) && !Json.parse(config).containsKey("schema");
    } catch (IOException unreadable) {
      return false; // a run's, as far as one can tell, and reading it says what is wrong
    }
  }

  private static boolean named(Path path, String ending) {
    return Files.isRegularFile(path)
        && path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** Whether it is clear which tensor the samples are; others are weights, most likely. */
  private static boolean holdsSamples(Path path, ReadOptions options) {
    return options.column().isPresent() || SafetensorsArray.names(path).size() == 1;
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

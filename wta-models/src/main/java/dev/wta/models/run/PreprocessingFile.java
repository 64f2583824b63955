package dev.wta.models.run;

import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.SafetensorsWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code preprocessing.safetensors}: the fitted values of a run's pre-processing, and after a
 * prefix those of its targets' pre-processing. A run without fitted values has no such file.
 */
final class PreprocessingFile {
  static final String NAME = "preprocessing.safetensors";

  private static final String OF_TARGETS = "target/";

  private final Map<String, float[]> values;

  private PreprocessingFile(Map<String, float[]> values) {
    this.values = values;
  }

  /** The values of a new run: sorted, so that the file is the same in each process. */
  static PreprocessingFile of(Preprocessing samples, Optional<Preprocessing> targets) {
    Map<String, float[]> values = new TreeMap<>(samples.tensors());
    targets
        .map(Preprocessing::tensors)
        .orElse(Map.of())
        .forEach((name, fitted) -> values.put(OF_TARGETS + name, fitted));
    return new PreprocessingFile(values);
  }

  /**
   * Reads the file of a run.
   *
   * @throws dev.wta.api.WtaException if it is damaged
   */
  static PreprocessingFile read(Path run) {
    Path file = run.resolve(NAME);
    Map<String, float[]> values = new LinkedHashMap<>();
    if (Files.exists(file)) {
      try (Safetensors tensors = Safetensors.open(file)) {
        tensors.requireSealed();
        tensors.names().forEach(name -> values.put(name, tensors.values(name)));
      }
    }
    return new PreprocessingFile(values);
  }

  /** Whether there is nothing to write. */
  boolean isEmpty() {
    return values.isEmpty();
  }

  void write(OutputStream out) throws IOException {
    SafetensorsWriter.writeSealed(out, values);
  }

  /**
   * The pre-processing of samples.
   *
   * @param description as {@code config.json} has it
   */
  Preprocessing ofSamples(Map<String, Object> description) {
    Map<String, float[]> fitted = new LinkedHashMap<>(values);
    fitted.keySet().removeIf(name -> name.startsWith(OF_TARGETS));
    return Preprocessing.of(description, fitted);
  }

  /** The pre-processing of targets. */
  Preprocessing ofTargets(Map<String, Object> description) {
    Map<String, float[]> fitted = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith(OF_TARGETS)) {
            fitted.put(name.substring(OF_TARGETS.length()), value);
          }
        });
    return Preprocessing.of(description, fitted);
  }
}

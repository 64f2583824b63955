package dev.wta.cli.demo;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder that the demo writes into: a run directory with the demo's data and pictures beside
 * the run's own files, and another run in a folder of it. A marker distinguishes it from folders
 * that the demo must not replace.
 *
 * @param path of the folder
 */
record DemoFolder(Path path) {
  private static final String MARKER = ".wta-demo";

  /** The names of what a demo leaves; anything else in its folder is the user's. */
  private static final Set<String> OWN =
      Set.of(
          "config.json",
          "state.json",
          "metrics.jsonl",
          "model.safetensors",
          "trainer.safetensors",
          "preprocessing.safetensors",
          ".lock",
          "train.arrow",
          "test.arrow",
          "filters.png",
          "reconstructions.png");

  private static final String REPORT = "report";
  private static final String CONVOLUTIONAL = "conv-wta";

  /**
   * The names of what a demo leaves that are not the same each time, and the folders of a run that
   * they are in.
   */
  private static final Map<String, Pattern> OWN_PATTERNS =
      Map.of(
          ".",
          Pattern.compile(
              "events\\.out\\.tfevents\\.\\d+\\.wta"
                  + "|((model|trainer|preprocessing)\\.safetensors|(config|state)\\.json)\\.next"),
          "probes",
          Pattern.compile("svm-[0-9a-f]{8}\\.json"),
          REPORT,
          Pattern.compile("index\\.html"));

  /**
   * Makes a demo folder without a run; that of an earlier demo is removed.
   *
   * @throws WtaException if there is something else in the folder, or it cannot be written
   */
  void prepare() {
    try {
      Files.createDirectories(path);
      if (!Files.exists(path.resolve(MARKER))) {
        requireEmpty();
        Files.createFile(path.resolve(MARKER));
      }
      for (Path run : List.of(path, convolutional())) {
        for (String name : OWN) {
          Files.deleteIfExists(run.resolve(name));
        }
        for (Map.Entry<String, Pattern> own : OWN_PATTERNS.entrySet()) {
          delete(run.resolve(own.getKey()), own.getValue());
        }
      }
    } catch (IOException failed) {
      throw new WtaException(
          "the demo cannot write to %s: %s".formatted(path, failed.getMessage()),
          "choose another folder with --out",
          failed);
    }
  }

  Path trainingData() {
    return path.resolve("train.arrow");
  }

  Path testData() {
    return path.resolve("test.arrow");
  }

  /** The folder of the convolutional model's run. */
  Path convolutional() {
    return path.resolve(CONVOLUTIONAL);
  }

  /** The picture of what the units of a run of the demo have learnt. */
  static Path filters(Path run) {
    return run.resolve("filters.png");
  }

  Path report() {
    return path.resolve(REPORT);
  }

  Path reconstructions() {
    return path.resolve("reconstructions.png");
  }

  /** Copies a data set that is in memory into a file. */
  static void write(Dataset data, Path file) {
    int values = Math.toIntExact(data.sampleShape().size() * data.size());
    float[] numbers = new float[values];
    data.read(0, data.size(), numbers, 0);
    byte[] bytes = new byte[values];
    for (int i = 0; i < values; i++) {
      bytes[i] = (byte) numbers[i];
    }
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(file, data.sampleShape(), data.elementType(), true)) {
      writer.append(bytes, data.labels(), data.size());
      writer.commit();
    }
  }

  /** Deletes the files of a folder, if there is one, whose names match. */
  private static void delete(Path folder, Pattern name) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (name.matcher(file.getFileName().toString()).matches()) {
          Files.delete(file);
        }
      }
    }
  }

  private void requireEmpty() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      if (files.findAny().isPresent()) {
        throw new WtaException(
            "%s holds something that is not a demo's".formatted(path),
            "choose another folder with --out");
      }
    }
  }
}

package dev.wta.cli.job;

import dev.wta.api.WtaException;
import dev.wta.data.ArrowDatasetWriter;
import dev.wta.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that the demo writes into: a run directory with the demo's data and pictures beside
 * the run's own files. A marker tells it from folders that are not the demo's to replace.
 *
 * @param path of the folder
 */
record DemoFolder(Path path) {
  private static final String MARKER = ".wta-demo";
  private static final List<String> REPLACEABLE =
      List.of(".json", ".jsonl", ".safetensors", ".arrow", ".png", ".lock");

  /**
   * Makes an empty demo folder, in place of that of an earlier demo.
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
      for (Path file : files()) {
        if (REPLACEABLE.stream().anyMatch(file.getFileName().toString()::endsWith)) {
          Files.delete(file);
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

  Path filters() {
    return path.resolve("filters.png");
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

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(Files::isRegularFile).toList();
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

package dev.wta.models.run;

import dev.wta.models.io.FileOperations;
import dev.wta.models.io.SealedJson;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code probes/}: the results of probes of a run, a JSON document each. */
final class ProbeFiles {
  private static final String SUFFIX = ".json";

  private final Path folder;
  private final FileOperations disk;

  ProbeFiles(Path folder, FileOperations disk) {
    this.folder = folder;
    this.disk = disk;
  }

  Path keep(String name, Map<String, ?> result) {
    if (!name.matches("[A-Za-z0-9-]+")) {
      throw new IllegalArgumentException("not a name for a probe's result: " + name);
    }
    Path file = folder.resolve(name + SUFFIX);
    try {
      Files.createDirectories(folder);
      disk.replace(file, out -> out.write(SealedJson.document(result)));
      return file;
    } catch (IOException failed) {
      throw WriteFailures.writing(file, failed);
    }
  }

  List<Map<String, Object>> read() {
    List<Map<String, Object>> results = new ArrayList<>();
    for (Path file : files()) {
      try {
        results.add(SealedJson.read(file));
      } catch (NoSuchFileException gone) {
        // since it was listed: no result any more
      }
    }
    return results;
  }

  private List<Path> files() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException unreadable) {
      throw WriteFailures.reading(folder, unreadable);
    }
  }
}

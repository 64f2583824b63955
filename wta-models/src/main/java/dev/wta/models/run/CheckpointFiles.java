package dev.wta.models.run;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.io.CountingStream;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.SealedJson;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The three files of a checkpoint, {@code model.safetensors}, {@code trainer.safetensors} and
 * {@code state.json}, kept consistent with one another through a kill at any moment.
 *
 * <p>{@code state.json} names the size and CRC-32C of the other two, and renaming it is the one
 * moment at which a new checkpoint takes the old one's place: the other two lie on the disk under
 * their names with {@code .next} by then, and are renamed afterwards. {@link #recover} finishes
 * renaming what a kill cut short, and deletes what never became a checkpoint. A reader that comes
 * between looks for each file under either name.
 */
final class CheckpointFiles {
  static final String MODEL = "model.safetensors";
  static final String TRAINER = "trainer.safetensors";
  static final String STATE = "state.json";

  private static final String NEXT = ".next";
  private static final int SCHEMA = 1;
  private static final int READING_ATTEMPTS = 20;

  /** A file's content by its size and check sum. */
  private record Digest(long bytes, String crc32c) {}

  private record Committed(TrainingState state, Map<String, Digest> files) {}

  private final Path directory;
  private final FileOperations disk;

  CheckpointFiles(Path directory, FileOperations disk) {
    this.directory = directory;
    this.disk = disk;
  }

  /** The parameters of a model as {@code model.safetensors} names them. */
  static Map<String, Tensor> parameters(FeatureExtractor model) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      tensors.put(parameter.name(), parameter.value());
    }
    return tensors;
  }

  /** Saves a checkpoint. If this fails, or the process dies in it, the last checkpoint remains. */
  void save(TrainingState state, FileOperations.Content model, FileOperations.Content trainer) {
    try {
      writeNext(state, model, trainer);
      disk.sync(directory);
      disk.rename(next(STATE), directory.resolve(STATE));
    } catch (IOException failed) {
      disk.deleteAfter(failed, next(STATE), next(MODEL), next(TRAINER));
      throw WriteFailures.writing(directory, failed);
    }
    try {
      disk.sync(directory);
      disk.rename(next(MODEL), directory.resolve(MODEL));
      disk.rename(next(TRAINER), directory.resolve(TRAINER));
      disk.sync(directory);
    } catch (IOException failed) { // what is left to rename is the checkpoint
      throw WriteFailures.writing(directory, failed);
    }
  }

  private void writeNext(
      TrainingState state, FileOperations.Content model, FileOperations.Content trainer)
      throws IOException {
    Map<String, Object> files = new LinkedHashMap<>();
    disk.write(next(MODEL), out -> files.put(MODEL, written(model, out)));
    disk.write(next(TRAINER), out -> files.put(TRAINER, written(trainer, out)));
    disk.write(next(STATE), out -> out.write(document(state, files)));
  }

  /** Writes a file of a checkpoint, and returns its size and check sum. */
  static Map<String, Object> written(FileOperations.Content content, OutputStream out)
      throws IOException {
    CRC32C crc = new CRC32C();
    CountingStream counting = new CountingStream(out);
    content.writeTo(new CheckedOutputStream(counting, crc));
    Map<String, Object> digest = new LinkedHashMap<>();
    digest.put("bytes", counting.count());
    digest.put("crc32c", hex(crc));
    return digest;
  }

  /**
   * What {@code state.json} holds.
   *
   * @param files the results of {@link #written}, by name
   */
  static byte[] document(TrainingState state, Map<String, Object> files) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", SCHEMA);
    document.putAll(state.toMap());
    document.put("files", files);
    return SealedJson.document(document);
  }

  /**
   * Repairs the directory if its last writer was killed, and returns the state of the last
   * checkpoint; empty if there is none yet. For the one process that holds the run's lock.
   *
   * @throws WtaException if a file is not what was saved, or there is a model and no state
   */
  Optional<TrainingState> recover() {
    try {
      Optional<Committed> committed = committed();
      if (committed.isEmpty()) {
        requireNone(MODEL);
        requireNone(TRAINER);
      }
      disk.delete(next(STATE));
      for (String name : List.of(MODEL, TRAINER)) {
        if (committed.isPresent()
            && !matches(directory.resolve(name), committed.get().files().get(name))) {
          if (!matches(next(name), committed.get().files().get(name))) {
            throw damaged(name);
          }
          disk.rename(next(name), directory.resolve(name));
        }
        disk.delete(next(name));
      }
      disk.sync(directory);
      return committed.map(Committed::state);
    } catch (IOException failed) {
      throw WriteFailures.writing(directory, failed);
    }
  }

  /** The state of the last checkpoint; empty if there is none yet. */
  Optional<TrainingState> state() {
    return committed().map(Committed::state);
  }

  /**
   * Opens a file of the last checkpoint, also while another process writes the next.
   *
   * @throws WtaException if there is no checkpoint yet, or the file is not what was saved
   */
  Safetensors open(String name) {
    for (int attempt = 0; attempt < READING_ATTEMPTS; attempt++) {
      Committed committed = committed().orElseThrow(() -> noCheckpoint());
      Digest digest = committed.files().get(name);
      for (Path place : List.of(directory.resolve(name), next(name))) {
        try {
          if (matches(place, digest)) {
            return Safetensors.open(place);
          }
        } catch (IOException unreadable) {
          throw WriteFailures.reading(place, unreadable);
        }
      }
    }
    throw damaged(name);
  }

  private Optional<Committed> committed() {
    Path file = directory.resolve(STATE);
    Map<String, Object> document;
    try {
      document = SealedJson.read(file);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    if (!Integer.valueOf(SCHEMA).equals(document.get("schema"))) {
      throw new WtaException(
          "%s has schema %s, and this version reads %d"
              .formatted(file, document.get("schema"), SCHEMA),
          "use the version of wta that wrote it");
    }
    try {
      Map<String, Digest> files =
          Map.of(MODEL, digest(document, MODEL), TRAINER, digest(document, TRAINER));
      return Optional.of(new Committed(TrainingState.of(document), files));
    } catch (IllegalArgumentException incomplete) {
      throw new WtaException(
          "%s is damaged: %s".formatted(file, incomplete.getMessage()),
          "restore it from a copy, or start another run",
          incomplete);
    }
  }

  private static Digest digest(Map<String, Object> document, String name) {
    if (document.get("files") instanceof Map<?, ?> files
        && files.get(name) instanceof Map<?, ?> file
        && file.get("bytes") instanceof Number bytes
        && file.get("crc32c") instanceof String crc) {
      return new Digest(bytes.longValue(), crc);
    }
    throw new IllegalArgumentException("it lacks the check sum of " + name);
  }

  private static boolean matches(Path file, Digest digest) throws IOException {
    CRC32C crc = new CRC32C();
    try (InputStream in = new CheckedInputStream(Files.newInputStream(file), crc)) {
      return in.transferTo(OutputStream.nullOutputStream()) == digest.bytes()
          && hex(crc).equals(digest.crc32c());
    } catch (NoSuchFileException missing) {
      return false;
    }
  }

  /**
   * Without a state there was no checkpoint, and training from the start would replace this one.
   */
  private void requireNone(String name) {
    if (Files.exists(directory.resolve(name))) {
      throw new WtaException(
          "%s has %s, and no %s that says where it stands".formatted(directory, name, STATE),
          "restore it from a copy, or start another run");
    }
  }

  private Path next(String name) {
    return directory.resolve(name + NEXT);
  }

  private WtaException noCheckpoint() {
    return new WtaException(
        "%s has no checkpoint yet".formatted(directory),
        "wait for its first, or resume its training");
  }

  private WtaException damaged(String name) {
    return new WtaException(
        "%s is not the file that the checkpoint in %s names"
            .formatted(directory.resolve(name), STATE),
        "restore it from a copy, or start another run");
  }

  private static String hex(CRC32C crc) {
    return "%08x".formatted(crc.getValue());
  }
}

package dev.wta.models.shard.training;

import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.io.SealedJson;
import dev.wta.models.run.TrainingState;
import dev.wta.models.shard.CheckpointPlace;
import dev.wta.models.shard.Collective;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checkpoints of divided models in a {@link CheckpointPlace}: a file for each block of units, one
 * for what belongs to no unit, and, once all of them are there, a last one that says so and where
 * training stands. Without that one there is no checkpoint. Blocks do not depend on the number of
 * ranks, so any number of ranks can resume from it.
 *
 * <p>Files are named by the step: {@code 100.block-3, 100.common, 100.complete.json}.
 */
final class ShardedCheckpoint {
  private static final String COMPLETE = ".complete.json";
  private static final String COMMON = "common";
  private static final String BLOCK = "block-";

  /** Of a model's parameters, and of the optimiser's state, in front of their names. */
  static final String MODEL = "model/";

  static final String TRAINER = "trainer/";

  private final CheckpointPlace place;

  ShardedCheckpoint(CheckpointPlace place) {
    this.place = place;
  }

  /**
   * A complete checkpoint.
   *
   * @param name what its files' names begin with
   * @param blocks how many there are
   * @param tensors the whole model's, by section and name
   */
  record Complete(String name, TrainingState state, int blocks, Map<String, Whole> tensors) {}

  /**
   * A tensor of the whole model.
   *
   * @param divided whether each block has some of its rows
   */
  record Whole(Shape shape, boolean divided) {}

  /** The ranks' tensors by file: {@code block-3} or {@code common}, and then by name. */
  private static Map<String, Map<String, Tensor>> files(
      Map<String, Tensor> parameters, Map<String, Tensor> moments) {
    Map<String, Map<String, Tensor>> files = new LinkedHashMap<>();
    file(files, MODEL, parameters);
    file(files, TRAINER, moments);
    return files;
  }

  private static void file(
      Map<String, Map<String, Tensor>> files, String section, Map<String, Tensor> tensors) {
    tensors.forEach(
        (name, tensor) -> {
          int slash = name.indexOf('/');
          String file = slash < 0 ? COMMON : BLOCK + name.substring(0, slash);
          files
              .computeIfAbsent(file, _ -> new LinkedHashMap<>())
              .put(section + name.substring(slash + 1), tensor);
        });
  }

  /** Writes a checkpoint and deletes the others. A collective. */
  void save(
      Collective collective,
      TrainingState now,
      Memory memory,
      Map<String, Tensor> parameters,
      Map<String, Tensor> moments) {
    String name = Long.toString(now.step());
    Map<String, Map<String, Tensor>> files = files(parameters, moments);
    boolean first = collective.ranks().rank() == 0;
    try {
      if (first) {
        place.delete(name + COMPLETE); // of another training, that this one replaces
      }
      collective.requireSame("the step of a checkpoint", name); // it is gone
      for (Map.Entry<String, Map<String, Tensor>> file : files.entrySet()) {
        if (first || !file.getKey().equals(COMMON)) {
          try (OutputStream out = place.create(name + "." + file.getKey())) {
            ShareFile.write(out, memory, file.getValue());
          }
        }
      }
      collective.requireSame("the step of a checkpoint", name); // all are written
      if (first) {
        try (OutputStream out = place.create(name + COMPLETE)) {
          out.write(SealedJson.document(document(collective, now, files)));
        }
        deleteOthers(name);
      }
    } catch (IOException failed) {
      throw new WtaException(
          "cannot keep a checkpoint in %s: %s".formatted(place, failed.getMessage()),
          "check the folder's permissions and space; the checkpoint before is still there",
          failed);
    }
    collective.requireSame("the step of a checkpoint", name); // it is complete
  }

  private Map<String, Object> document(
      Collective collective, TrainingState now, Map<String, Map<String, Tensor>> files) {
    Map<String, Object> tensors = new LinkedHashMap<>();
    int units = collective.blocks().units();
    files
        .get(BLOCK + collective.firstBlock())
        .forEach((name, tensor) -> tensors.put(name, tensor(tensor.shape().withRows(units), true)));
    files.get(COMMON).forEach((name, tensor) -> tensors.put(name, tensor(tensor.shape(), false)));
    Map<String, Object> document = new LinkedHashMap<>(now.toMap());
    document.put("blocks", collective.blocks().count());
    document.put("tensors", tensors);
    return document;
  }

  private static Map<String, Object> tensor(Shape shape, boolean divided) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("shape", shape.extents());
    map.put("divided", divided);
    return map;
  }

  /** The last sign of completeness goes first, so that no half of a checkpoint looks like one. */
  private void deleteOthers(String kept) throws IOException {
    List<String> others =
        place.names().stream()
            .filter(file -> step(file) >= 0 && step(file) != Long.parseLong(kept))
            .sorted(Comparator.comparing(file -> !file.endsWith(COMPLETE)))
            .toList();
    for (String file : others) {
      place.delete(file);
    }
  }

  /** The step of a checkpoint's file; negative for files that are none. */
  private static long step(String file) {
    int point = file.indexOf('.');
    boolean ours =
        point > 0
            && (file.endsWith(COMPLETE)
                || file.startsWith(COMMON, point + 1)
                || file.startsWith(BLOCK, point + 1));
    try {
      return ours ? Long.parseLong(file.substring(0, point)) : -1;
    } catch (NumberFormatException other) {
      return -1;
    }
  }

  /** The last complete checkpoint. */
  Optional<Complete> last() {
    try {
      List<String> ends =
          place.names().stream()
              .filter(file -> file.endsWith(COMPLETE) && step(file) >= 0)
              .sorted(Comparator.comparingLong(ShardedCheckpoint::step).reversed())
              .toList();
      for (String end : ends) {
        byte[] document;
        try (InputStream in = place.open(end)) {
          document = in.readAllBytes();
        }
        if (whole(document)) {
          return Optional.of(read(end, document));
        }
      }
      return Optional.empty();
    } catch (IOException failed) {
      throw unreadable(failed);
    }
  }

  /** Whether a kill has not cut it short: it ends as JSON of its kind does. */
  private static boolean whole(byte[] document) {
    String text = new String(document, StandardCharsets.UTF_8).strip();
    return text.startsWith("{") && text.endsWith("}") && text.contains("\"crc32c\"");
  }

  private Complete read(String file, byte[] document) {
    Map<String, Object> map = SealedJson.read(document, Path.of(file));
    Map<String, Whole> tensors = new LinkedHashMap<>();
    if (!(map.get("blocks") instanceof Integer blocks)
        || !(map.get("tensors") instanceof Map<?, ?> described)) {
      throw damaged(file);
    }
    described.forEach(
        (name, tensor) -> {
          if (!(tensor instanceof Map<?, ?> of)
              || !(of.get("shape") instanceof List<?> extents)
              || !(of.get("divided") instanceof Boolean divided)) {
            throw damaged(file);
          }
          int[] shape = extents.stream().mapToInt(extent -> (Integer) extent).toArray();
          tensors.put((String) name, new Whole(Shape.of(shape), divided));
        });
    String name = file.substring(0, file.length() - COMPLETE.length());
    return new Complete(name, TrainingState.of(map), blocks, tensors);
  }

  /** Loads the last complete checkpoint, if there is one. A collective. */
  Optional<TrainingState> restore(
      Collective collective,
      Memory memory,
      Map<String, Tensor> parameters,
      Map<String, Tensor> moments) {
    Optional<Complete> last = last();
    collective.requireSame(
        "the last checkpoint", last.map(Complete::name).orElse("none, so that training begins"));
    if (last.isEmpty()) {
      return Optional.empty();
    }
    if (last.get().blocks() != collective.blocks().count()) {
      throw new WtaException(
          "the checkpoint in %s has %d blocks of units, and this model %d"
              .formatted(place, last.get().blocks(), collective.blocks().count()),
          "resume with the settings of the training that wrote it");
    }
    try {
      for (Map.Entry<String, Map<String, Tensor>> file : files(parameters, moments).entrySet()) {
        String name = last.get().name() + "." + file.getKey();
        try (InputStream in = new BufferedInputStream(place.open(name), 1 << 16)) {
          ShareFile.read(in, name, memory, file.getValue());
        }
      }
    } catch (IOException failed) {
      throw unreadable(failed);
    }
    return Optional.of(last.get().state());
  }

  /** Writes a tensor of the whole model, block after block, without holding more than a buffer. */
  void copy(Complete checkpoint, String tensor, OutputStream out) throws IOException {
    boolean divided = checkpoint.tensors().get(tensor).divided();
    for (int block = 0; block < (divided ? checkpoint.blocks() : 1); block++) {
      String file = checkpoint.name() + "." + (divided ? BLOCK + block : COMMON);
      try (InputStream in = new BufferedInputStream(place.open(file), 1 << 16)) {
        ShareFile.copy(in, file, tensor, out);
      }
    }
  }

  private WtaException unreadable(IOException failed) {
    return new WtaException(
        "cannot read the checkpoint in %s: %s".formatted(place, failed.getMessage()),
        "check that its files are there and readable",
        failed);
  }

  private static WtaException damaged(String file) {
    return new WtaException(
        "%s is damaged".formatted(file),
        "restore it from a copy, or delete this checkpoint to resume from an earlier one");
  }
}

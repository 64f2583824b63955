package dev.wta.models.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.models.io.FailingFileOperations;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFilesTest {
  @TempDir private Path directory;

  private static TrainingState state(int step) {
    return new TrainingState(
        step,
        1,
        2,
        0.1,
        3,
        new EpochLosses(0.5, 4, OptionalDouble.of(0.25), 0.9),
        Optional.of(new BestEpoch(0.125, 1)));
  }

  private static FileOperations.Content tensors(float value, int count) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return out -> SafetensorsWriter.write(out, Map.of("w", values), Map.of());
  }

  private static void save(Path directory, FileOperations disk, int step) {
    new CheckpointFiles(directory, disk).save(state(step), tensors(step, 40), tensors(-step, 50));
  }

  private static void assertHolds(Path directory, int step) {
    CheckpointFiles files = new CheckpointFiles(directory, FileOperations.REAL);
    assertThat(files.state()).contains(state(step));
    try (Safetensors model = files.open(CheckpointFiles.MODEL);
        Safetensors trainer = files.open(CheckpointFiles.TRAINER)) {
      assertThat(model.values("w")[0]).isEqualTo(step);
      assertThat(trainer.values("w")[0]).isEqualTo(-step);
    }
  }

  /**
   * Whatever the operation in which the process dies, all three files are the old ones or all are
   * the new ones.
   */
  @Test
  void aKillAtAnyMomentLeavesAGoodCheckpoint() throws IOException {
    int killed = 0;
    boolean committed = false;
    for (int operation = 0; ; operation++) {
      Path run = Files.createDirectory(directory.resolve("run" + operation));
      save(run, FileOperations.REAL, 1);
      FailingFileOperations disk = new FailingFileOperations(operation);
      try {
        save(run, disk, 2);
      } catch (WtaException powerCut) {
        assertThat(powerCut).hasCauseInstanceOf(FailingFileOperations.PowerCut.class);
        killed++;
      }
      int survivor =
          Math.toIntExact(
              new CheckpointFiles(run, FileOperations.REAL).state().orElseThrow().step());
      assertThat(survivor).as("once committed, always").isGreaterThanOrEqualTo(committed ? 2 : 1);
      committed = survivor == 2;
      assertHolds(run, survivor); // as a reader finds it
      assertRecovers(run, survivor);
      if (!disk.failed()) {
        break;
      }
    }
    assertThat(killed).isGreaterThanOrEqualTo(9);
    assertThat(committed).isTrue();
  }

  @Test
  void aKillDuringTheFirstCheckpointLeavesNoneOrIt() throws IOException {
    for (int operation = 0; operation < 9; operation++) {
      Path run = Files.createDirectory(directory.resolve("run" + operation));
      FailingFileOperations disk = new FailingFileOperations(operation);
      assertThatThrownBy(() -> save(run, disk, 1)).isInstanceOf(WtaException.class);
      CheckpointFiles files = new CheckpointFiles(run, FileOperations.REAL);
      if (files.state().isPresent()) {
        assertRecovers(run, 1);
      } else {
        assertThat(files.recover()).isEmpty();
        assertThat(filesIn(run)).isEmpty();
      }
    }
  }

  @Test
  void aKillDuringRecoveryIsRecoveredFromToo() throws IOException {
    for (int kill = 0; kill < 10; kill++) {
      for (int again = 0; again < 8; again++) {
        Path run = Files.createDirectory(directory.resolve("run" + kill + "-" + again));
        save(run, FileOperations.REAL, 1);
        FailingFileOperations disk = new FailingFileOperations(kill);
        try {
          save(run, disk, 2);
        } catch (WtaException powerCut) {
          assertThat(powerCut).hasCauseInstanceOf(FailingFileOperations.PowerCut.class);
        }
        int survivor =
            Math.toIntExact(
                new CheckpointFiles(run, FileOperations.REAL).state().orElseThrow().step());
        try {
          new CheckpointFiles(run, new FailingFileOperations(again)).recover();
        } catch (WtaException powerCut) {
          assertThat(powerCut).hasCauseInstanceOf(FailingFileOperations.PowerCut.class);
        }
        assertHolds(run, survivor);
        assertRecovers(run, survivor);
      }
    }
  }

  private static void assertRecovers(Path run, int survivor) throws IOException {
    assertThat(new CheckpointFiles(run, FileOperations.REAL).recover()).contains(state(survivor));
    assertHolds(run, survivor);
    assertThat(filesIn(run))
        .containsExactlyInAnyOrder("model.safetensors", "trainer.safetensors", "state.json");
  }

  private static Stream<String> filesIn(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void aFileThatTheCheckpointDidNotWriteIsRefused() throws IOException {
    save(directory, FileOperations.REAL, 1);
    Path model = directory.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1;
    Files.write(model, bytes);
    CheckpointFiles files = new CheckpointFiles(directory, FileOperations.REAL);
    assertThatThrownBy(() -> files.open("model.safetensors"))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("model.safetensors is not the file");
    assertThatThrownBy(files::recover).isInstanceOf(WtaException.class);
  }

  @Test
  void aDamagedStateIsRefused() throws IOException {
    save(directory, FileOperations.REAL, 1);
    Path file = directory.resolve("state.json");
    String good = Files.readString(file);
    for (String bad :
        new String[] {
          good.substring(0, good.length() / 2),
          good.replace("\"schema\" : 1", "\"schema\" : 2"),
          good.replace("\"step\"", "\"stop\""),
          good.replace("crc32c", "md5")
        }) {
      Files.writeString(file, bad);
      assertThatThrownBy(() -> new CheckpointFiles(directory, FileOperations.REAL).state())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("state.json");
    }
  }

  @Test
  void thereIsNoCheckpointBeforeTheFirst() {
    CheckpointFiles files = new CheckpointFiles(directory, FileOperations.REAL);
    assertThat(files.state()).isEmpty();
    assertThatThrownBy(() -> files.open("model.safetensors"))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no checkpoint yet");
  }
}

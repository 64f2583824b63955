package dev.wta.models.run.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.models.io.FileOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files as an independent reader sees them. */
class TensorBoardFilesTest {
  @TempDir private Path directory;

  private static Map<String, Object> line(long step, double loss) {
    return Map.of("step", step, "loss", loss);
  }

  private TensorBoardFiles written(long... steps) {
    TensorBoardFiles files = new TensorBoardFiles(directory, FileOperations.REAL);
    for (long step : steps) {
      files.append(line(step, step / 2.0));
    }
    return files;
  }

  private List<Long> shownSteps() throws IOException {
    return List.copyOf(TfEvents.shown(directory).getOrDefault("loss", Map.of()).keySet());
  }

  @Test
  void aFileIsItsVersionAndThenTheNumbersOfEachLine() throws IOException {
    double before = System.currentTimeMillis() / 1e3;
    TensorBoardFiles files = new TensorBoardFiles(directory, FileOperations.REAL);
    files.append(
        Map.of("step", 3_000_000_000L, "epoch", 2, "loss", 0.125, "größe", 1e-3, "note", "x"));
    files.append(line(3_000_000_100L, 0.0));
    Path file = TfEvents.filesOf(directory).getFirst();
    assertThat(file.getFileName().toString()).matches("events\\.out\\.tfevents\\.\\d{10}\\.wta");
    List<TfEvents.Event> events = TfEvents.read(file);
    assertThat(events).hasSize(3);
    assertThat(events.getFirst().version()).contains("brain.Event:2");
    assertThat(events.get(1).step()).isEqualTo(3_000_000_000L);
    assertThat(events.get(1).scalars())
        .isEqualTo(Map.of("epoch", 2f, "loss", 0.125f, "größe", 1e-3f));
    assertThat(events.get(1).wallTime()).isBetween(before, System.currentTimeMillis() / 1e3);
    assertThat(events.get(2).scalars()).isEqualTo(Map.of("loss", 0f));
  }

  @Test
  void nothingIsWrittenBeforeThereIsANumber() throws IOException {
    written();
    assertThat(TfEvents.filesOf(directory)).isEmpty();
  }

  @Test
  void stepsAfterTheCheckpointAreDroppedAndTheRestGoesIntoAnotherFile() throws IOException {
    written(100, 200, 300, 400);
    TensorBoardFiles resumed = new TensorBoardFiles(directory, FileOperations.REAL);
    resumed.truncate(250);
    assertThat(shownSteps()).containsExactly(100L, 200L);
    resumed.append(line(300, 7));
    assertThat(TfEvents.filesOf(directory)).hasSize(2);
    assertThat(shownSteps()).containsExactly(100L, 200L, 300L);
  }

  /** It still holds what it read of the steps that are no longer there. */
  @Test
  void aRunningTensorBoardDiscardsThem() throws IOException {
    written(100, 200, 300);
    TensorBoardFiles resumed = new TensorBoardFiles(directory, FileOperations.REAL);
    resumed.truncate(200);
    resumed.append(line(300, 7));
    TfEvents.Event start = TfEvents.read(TfEvents.filesOf(directory).getLast()).get(1);
    assertThat(start.start()).isTrue();
    assertThat(start.step()).isEqualTo(201);
  }

  @Test
  void resumingAgainAndAgainLeavesEachStepOnce() throws IOException {
    written(100, 200);
    for (int i = 0; i < 3; i++) {
      TensorBoardFiles resumed = new TensorBoardFiles(directory, FileOperations.REAL);
      resumed.truncate(100);
      resumed.append(line(200, i));
    }
    assertThat(shownSteps()).containsExactly(100L, 200L);
    assertThat(TfEvents.filesOf(directory)).hasSize(2);
    assertThat(TfEvents.shown(directory).get("loss")).containsEntry(200L, 2f);
  }

  @Test
  void aFileWithNothingLeftIsRemoved() throws IOException {
    written(100);
    new TensorBoardFiles(directory, FileOperations.REAL).truncate(0);
    assertThat(TfEvents.filesOf(directory)).isEmpty();
  }

  @Test
  void aRecordThatAKillCutShortIsDropped() throws IOException {
    written(100, 200);
    Path file = TfEvents.filesOf(directory).getFirst();
    byte[] whole = Files.readAllBytes(file);
    int withoutLast = whole.length - (whole.length - 40) / 2; // both lines are equally long
    for (int size = withoutLast + 1; size < whole.length; size++) {
      Files.write(file, Arrays.copyOf(whole, size));
      new TensorBoardFiles(directory, FileOperations.REAL).truncate(1000);
      assertThat(shownSteps()).as("cut at %d", size).containsExactly(100L);
    }
  }

  @Test
  void damageEndsWhatIsKept() throws IOException {
    written(100, 200, 300);
    Path file = TfEvents.filesOf(directory).getFirst();
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length / 2] ^= 1;
    Files.write(file, damaged);
    new TensorBoardFiles(directory, FileOperations.REAL).truncate(1000);
    assertThat(shownSteps()).containsExactly(100L);
  }

  @Test
  void eventFilesOfOthersAreLeftAlone() throws IOException {
    Path other = directory.resolve("events.out.tfevents.1700000000.host");
    Files.writeString(other, "mine", StandardOpenOption.CREATE_NEW);
    new TensorBoardFiles(directory, FileOperations.REAL).truncate(0);
    assertThat(other).hasContent("mine");
  }
}

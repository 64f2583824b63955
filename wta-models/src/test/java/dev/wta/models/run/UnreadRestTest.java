package dev.wta.models.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.run.metrics.MetricsFile;
import dev.wta.models.run.metrics.TensorBoardFiles;
import dev.wta.models.run.metrics.TfEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What resuming cannot read, and what a failed write leaves. */
class UnreadRestTest {
  @TempDir private Path directory;

  private Path file(String name) {
    return directory.resolve(name);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void linesThatAreNoMetricsAreMovedAside() throws IOException {
    Path metrics = file("metrics.jsonl");
    byte[] text =
        "{\"step\":1}\nno JSON\n{\"note\":1}\n{\"step\":2,\"loss\":NaN}\n{\"step\":9}\n\u00ff\n{\"step\":2}\n{\"st"
            .getBytes(StandardCharsets.ISO_8859_1);
    Files.write(metrics, text);
    new MetricsFile(metrics, FileOperations.REAL).truncate(5);
    assertThat(metrics).hasContent("{\"step\":1}\n{\"note\":1}\n{\"step\":2}\n");
    assertThat(file("metrics.jsonl.unread"))
        .hasBinaryContent(
            "no JSON\n{\"step\":2,\"loss\":NaN}\n\u00ff\n{\"st\n"
                .getBytes(StandardCharsets.ISO_8859_1));
    Files.writeString(metrics, "{\"step\":1}\n{\"more");
    new MetricsFile(metrics, FileOperations.REAL).truncate(5);
    assertThat(Files.readString(file("metrics.jsonl.unread"), StandardCharsets.ISO_8859_1))
        .endsWith("{\"st\n{\"more\n");
    new MetricsFile(metrics, FileOperations.REAL).truncate(5);
    assertThat(metrics).hasContent("{\"step\":1}\n");
  }

  @Test
  void linesOfAnyBytesAreRead() throws IOException {
    Files.write(file("metrics.jsonl"), new byte[] {(byte) 0xff, '\n', '{', '}', '\n'});
    assertThat(new MetricsFile(file("metrics.jsonl"), FileOperations.REAL).read())
        .isEqualTo(List.of(Map.of()));
  }

  @Test
  void eventsThatCannotBeReadAreMovedAside() throws IOException {
    TensorBoardFiles events = new TensorBoardFiles(directory, FileOperations.REAL);
    for (int step = 100; step <= 300; step += 100) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("step", step);
      line.put("loss", 0.5);
      events.append(line);
    }
    Path written = TfEvents.filesOf(directory).getFirst();
    byte[] whole = Files.readAllBytes(written);
    byte[] damaged = whole.clone();
    damaged[whole.length - 60] ^= 1; // in the second of three, which are 49 bytes long or so
    Files.write(written, damaged);
    new TensorBoardFiles(directory, FileOperations.REAL).truncate(300);
    byte[] kept = Files.readAllBytes(written);
    assertThat(names())
        .hasSize(2)
        .allMatch(name -> name.matches(".*tfevents.*|unread\\.\\d+\\.events"));
    byte[] rest;
    try (Stream<Path> files = Files.list(directory)) {
      rest =
          Files.readAllBytes(
              files.filter(path -> path.toString().endsWith(".events")).findAny().orElseThrow());
    }
    byte[] both = Arrays.copyOf(kept, damaged.length);
    System.arraycopy(rest, 0, both, kept.length, rest.length);
    assertThat(both).isEqualTo(damaged);
  }

  /** TensorBoard's own writers name their files alike. */
  @Test
  void aFileOfEventsThatIsNoneIsMovedAside() throws IOException {
    Files.writeString(file("events.out.tfevents.1700000000.wta"), "something else");
    new TensorBoardFiles(directory, FileOperations.REAL).truncate(300);
    Files.writeString(file("events.out.tfevents.1700000000.wta"), "another");
    new TensorBoardFiles(directory, FileOperations.REAL).truncate(300);
    assertThat(file("unread.1700000000.events")).hasContent("something else");
    assertThat(file("unread.1700000000-2.events")).hasContent("another");
    assertThat(names()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "trainer.safetensors"})
  void aCheckpointWithoutItsStateIsNotTrainedOver(String name) throws IOException {
    Files.writeString(file(name), "parameters");
    assertThatThrownBy(() -> new CheckpointFiles(directory, FileOperations.REAL).recover())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no state.json that says where it stands");
    assertThat(file(name)).hasContent("parameters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "metrics.jsonl", "preprocessing.safetensors"})
  void aRunDoesNotBeginOverOtherFiles(String name) throws IOException {
    Files.writeString(file(name), "mine");
    assertThatThrownBy(() -> RunWriter.requireNoRun(directory))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(name + " is in the way of a run");
  }

  @Test
  void aRunThatWasKilledBeforeItWasBegunIsBegunAgain() throws IOException {
    Files.writeString(file(".lock"), "");
    Files.writeString(file("preprocessing.safetensors"), "of the run that was killed");
    Files.writeString(file("config.json.next"), "{");
    Files.writeString(file("events.out.tfevents.1.host"), "of another program, and left alone");
    RunWriter.requireNoRun(directory);
    assertThat(names()).hasSize(4);
  }

  /** A disk that has no room for what is written; all else works. */
  private static final class FullDisk implements FileOperations {
    private int room;

    FullDisk(int room) {
      this.room = room;
    }

    @Override
    public void write(Path file, Content content) throws IOException {
      if (room-- > 0) {
        REAL.write(file, content);
        return;
      }
      Files.writeString(file, "half");
      throw new IOException("no space left");
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      REAL.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      REAL.delete(file);
    }

    @Override
    public void sync(Path folder) throws IOException {
      REAL.sync(folder);
    }
  }

  @Test
  void aFullDiskLeavesNothingHalfWritten() throws IOException {
    FileOperations.Content content =
        out -> SafetensorsWriter.write(out, Map.of("w", new float[9]), Map.of());
    TrainingState later = new TrainingState(7, 0, 0, 0, 0, EpochLosses.NONE, Optional.empty());
    new CheckpointFiles(directory, FileOperations.REAL).save(TrainingState.START, content, content);
    List<String> before = names();
    for (int room = 0; room < 3; room++) {
      FullDisk full = new FullDisk(room);
      assertThatThrownBy(() -> new CheckpointFiles(directory, full).save(later, content, content))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("no space left");
      assertThat(names()).as("room for %d files", room).isEqualTo(before);
    }
    assertThat(new CheckpointFiles(directory, FileOperations.REAL).recover())
        .contains(TrainingState.START);
    assertThatThrownBy(() -> new FullDisk(0).replace(file("config.json"), content))
        .isInstanceOf(IOException.class);
    assertThat(names()).isEqualTo(before);
  }
}

package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Activations in shards and columns of any name, from the command line. */
class ActivationsTest {
  private static final String TRAIN =
      "train --model topk --set hidden=16 --set k=2 --set epochs=1 --quiet ";

  @TempDir static Path directory;

  @BeforeAll
  static void write() throws IOException {
    Files.createDirectory(directory.resolve("shards"));
    shard("shards/acts-0.arrow", 0);
    shard("shards/acts-1.arrow", 0);
    shard("nan.arrow", Float.NaN);
  }

  private static void shard(String name, float first) {
    Random random = new Random(name.hashCode());
    float[] values = new float[50 * 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    values[8] += first;
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            directory.resolve(name), Shape.of(8), ElementType.FLOAT32, false)) {
      writer.append(values, null, 50);
      writer.commit();
    }
  }

  @Test
  void aFolderOfShardsIsOneDataSet() {
    Wta wta = Wta.in(directory);
    wta.succeed((TRAIN + "--data shards --out run").split(" "));
    assertThat(
            wta.succeed("encode --run run --data shards --column features --out c.npz".split(" "))
                .out())
        .contains("c.npz: 100 samples of 16 features");
  }

  @Test
  void standardInputTrainsToTheBitsOfItsFile() throws IOException {
    Path file = directory.resolve("shards/acts-0.arrow");
    Wta.in(directory).succeed((TRAIN + "--data shards/acts-0.arrow --out file").split(" "));
    Wta.in(directory).readingFrom(file).succeed((TRAIN + "--data - --out stdin").split(" "));
    assertThat(directory.resolve("stdin/model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("file/model.safetensors"));
    assertThat(Files.readString(directory.resolve("stdin/metrics.jsonl")))
        .contains("\"readPerSecond\"", "\"readWaitSeconds\"");
    assertThat(fail("--data - --out x")).contains("standard input is empty");
  }

  @Test
  void aRunOnStandardInputCannotBeResumed() throws IOException {
    Path file = directory.resolve("shards/acts-0.arrow");
    Wta wta = Wta.in(directory).readingFrom(file);
    String begin = TRAIN.replace("--quiet ", "") + "--set steps=3 --set batch=10 --data - --out ";
    assertThat(wta.succeed((begin + "read-once").split(" ")).err())
        .contains("note: the samples are read once as they arrive");
    assertThat(Files.readString(directory.resolve("read-once/config.json")))
        .contains("\"stream\" : true", "read once, cannot be resumed from");
    assertThat(wta.fail("train --resume --data - --out read-once".split(" ")))
        .contains("cannot be resumed from a stream", "--from read-once");
    wta.succeed("train --from read-once --data - --out next --quiet".split(" "));
    wta.succeed((begin + "copied --set epochs=2 --quiet").split(" "));
    assertThat(Files.readString(directory.resolve("copied/config.json"))).contains("sha256:");
  }

  @Test
  void whatIsNotThereIsAnsweredInOneLine() {
    assertThat(fail("--data shards --column hook --out x"))
        .contains("no column 'hook'", "--column: features");
    assertThat(fail("--data shards --drop tokens --out x")).contains("token_ids=0,1");
    assertThat(fail("--data shards:train --out x")).contains("no split 'train'");
    assertThat(fail("--data nan.arrow --out x")).contains("nan.arrow", "row 1");
    assertThat(directory.resolve("x")).doesNotExist();
  }

  private static String fail(String arguments) {
    return Wta.in(directory).fail((TRAIN + arguments).split(" "));
  }
}

package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ClassNames;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wta probe} of data whose labels or values do not mean what they seem to. */
class ProbeMeaningTest {
  private static final int WIDTH = 3;

  @TempDir static Path directory;

  /**
   * Samples near a corner for each class, of which {@code named} are the names if there are any.
   */
  private static void write(
      String name, int samples, IntUnaryOperator labelOf, float odd, String... named) {
    float[] values = new float[samples * WIDTH];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = labelOf.applyAsInt(i);
      values[i * WIDTH + labels[i] % WIDTH] = 1 + i * 1e-3f;
    }
    if (Float.isNaN(odd)) {
      values[7 * WIDTH + 1] = odd;
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    if (named.length > 0) {
      ClassNames.put(metadata, List.of(named));
    }
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            directory.resolve(name), Shape.of(WIDTH), ElementType.FLOAT32, true, metadata)) {
      writer.append(values, labels, samples);
      writer.commit();
    }
  }

  private static String[] probe(String train, String test, String... further) {
    String line =
        "probe --raw --c 1 --train %s --test %s %s"
            .formatted(train, test, String.join(" ", further));
    return line.strip().split(" ");
  }

  @Test
  void classesOfOtherNamesAreRefused() {
    write("abc.arrow", 30, i -> i % 3, 0, "a", "b", "c");
    write("ac.arrow", 30, i -> i % 2, 0, "a", "c");
    assertThat(Wta.in(directory).fail(probe("abc.arrow", "ac.arrow", "--quiet")))
        .contains(
            "the classes of abc.arrow and ac.arrow differ: class 1 is 'b' in the first and 'c' in"
                + " the second",
            "only the first has 'b'",
            "--classes-of abc.arrow");
  }

  @Test
  void labelsWithLargeGapsAreTheWorkOfTheClassesThereAre() {
    int[] labels = {0, 1, 5_000_000};
    write("gaps.arrow", 60, i -> labels[i % 3], 0);
    Wta.Result result = Wta.in(directory).succeed(probe("gaps.arrow", "gaps.arrow", "--json"));
    assertThat(result.err())
        .contains("the labels reach to 5,000,000, and 3 classes occur: they are numbered anew");
    assertThat(result.out()).contains("\"testError\" : 0.0");
  }

  @Test
  void aNumberThatIsNoneIsNamed() {
    write("nan.arrow", 33, i -> i % 3, Float.NaN);
    assertThat(Wta.in(directory).fail(probe("nan.arrow", "nan.arrow", "--quiet")))
        .isEqualTo("wta: row 7, column 1 of nan.arrow is NaN; replace it, or drop the row");
  }

  @Test
  void classesThatTrainingLacksOrHasTooFewOf() {
    write("few.arrow", 61, i -> i == 60 ? 1 : i % 2 * 2, 0);
    write("more.arrow", 40, i -> i % 4, 0);
    assertThat(
            Wta.in(directory)
                .succeed(probe("few.arrow", "more.arrow", "--labels", "30", "--repeats", "1"))
                .err())
        .contains(
            "few.arrow has no sample of class 3: the 10 test samples of it count as errors",
            "30 labels are 10 of each class, and class 1 has 1: other classes make up for it");
  }

  /** As Hugging Face's {@code save_to_disk} leaves a data set. */
  @Test
  void aFolderOfFilesIsTrainedOnAndProbed() throws IOException {
    Files.createDirectories(directory.resolve("shards"));
    write("shards/two.arrow", 30, i -> i % 3, 0);
    write("shards/one.arrow", 33, i -> i % 3, 0);
    Files.writeString(
        directory.resolve("shards/state.json"),
        "{\"_data_files\": [{\"filename\": \"one.arrow\"}, {\"filename\": \"two.arrow\"}]}");
    String train =
        "train --model fc-wta --data shards --out run --set hidden=8 --set epochs=1 --quiet";
    Wta.in(directory).succeed(train.split(" "));
    assertThat(Files.readString(directory.resolve("run/config.json"))).contains("\"samples\" : 63");
    assertThat(Wta.in(directory).succeed(probe("shards", "shards")).out()).contains("of 63)");
  }
}

package dev.wta.data.arrow;

import static dev.wta.data.arrow.ForeignArrow.UINT8;
import static dev.wta.data.arrow.ForeignArrow.fixed;
import static dev.wta.data.arrow.ForeignArrow.nested;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Cases;
import dev.wta.data.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people give as data, with {@link Cases} that went wrong. */
class DatasetFileTest {
  @TempDir Path folder;

  private static void assertRefused(Path path, String... telling) {
    assertThatThrownBy(() -> DatasetFile.open(path).close())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContainingAll(telling);
  }

  /** A copy of the shards, which tests may change. */
  private Path shards(String state) throws IOException {
    for (String name : List.of("data-00000-of-00002.arrow", "data-00001-of-00002.arrow")) {
      Files.copy(Cases.path("hf-two-shards/" + name), folder.resolve(name));
    }
    Files.writeString(folder.resolve("state.json"), state);
    return folder;
  }

  @Test
  void oneFileMayHoldSamplesAndTargets() {
    Path file = folder.resolve("pairs.arrow");
    ForeignArrow.write(
        file,
        ForeignArrow.Format.FILE,
        new Schema(List.of(nested("target", UINT8, fixed(3)), nested("features", UINT8, fixed(2)))),
        new int[] {1},
        (root, row) -> {
          ForeignArrow.fillCounting(root.getVector(0), 1, new int[] {3}, 50);
          ForeignArrow.fillCounting(root.getVector(1), 1, new int[] {2}, 7);
        });
    float[] values = new float[3];
    try (Dataset samples = DatasetFile.open(file);
        Dataset targets = DatasetFile.openTarget(file)) {
      samples.read(0, 1, values, 0);
      assertThat(values).startsWith(7, 8);
      assertThat(targets.sampleShape()).isEqualTo(Shape.of(3));
      targets.read(0, 1, values, 0);
      assertThat(values).containsExactly(50, 51, 52);
    }
  }

  @Test
  void shardsAreReadInTheirStatesOrder() throws IOException {
    try (Dataset data = DatasetFile.open(Cases.path("hf-two-shards"))) {
      assertThat(data.size()).isEqualTo(66);
      assertThat(data.sampleShape()).isEqualTo(Shape.of(1, 2, 3));
      assertThat(data.classNames()).contains(List.of("a", "b", "c"));
      assertThat(data.labels()).hasSize(66).startsWith(0, 1, 2).endsWith(0, 1, 2);
      float[] across = new float[4 * 6];
      data.read(31, 4, across, 0);
      try (ArrowDataset first =
              ArrowDataset.open(Cases.path("hf-two-shards/data-00000-of-00002.arrow"));
          ArrowDataset second =
              ArrowDataset.open(Cases.path("hf-two-shards/data-00001-of-00002.arrow"))) {
        float[] expected = new float[4 * 6];
        first.read(31, 2, expected, 0);
        second.read(0, 2, expected, 12);
        assertThat(across).containsExactly(expected);
      }
    }
    ForeignArrow.write(
        folder.resolve("second.arrow"),
        ForeignArrow.Format.FILE,
        new Schema(List.of(nested("image", UINT8, fixed(2)))),
        new int[] {2},
        (root, row) -> ForeignArrow.fillCounting(root.getVector(0), 2, new int[] {2}, 100));
    ForeignArrow.write(
        folder.resolve("first.arrow"),
        ForeignArrow.Format.FILE,
        new Schema(List.of(nested("image", UINT8, fixed(2)))),
        new int[] {1},
        (root, row) -> ForeignArrow.fillCounting(root.getVector(0), 1, new int[] {2}, 7));
    Files.writeString(
        folder.resolve("state.json"),
        "{\"_data_files\": [{\"filename\": \"second.arrow\"}, {\"filename\": \"first.arrow\"}]}");
    try (Dataset data = DatasetFile.open(folder)) {
      float[] all = new float[6];
      data.read(0, 3, all, 0);
      assertThat(all).containsExactly(100, 101, 102, 103, 7, 8);
    }
  }

  @Test
  void foldersThatAreNoDataSet() throws IOException {
    assertRefused(folder, "state.json", "wta import folder");
    Path shards =
        shards(
            "{\"_data_files\": [{\"filename\": \"data-00000-of-00002.arrow\"}],"
                + " \"_indices_files\": [{\"filename\": \"indices.arrow\"}]}");
    assertRefused(shards, "a selection of other rows", "flatten_indices");
    Files.writeString(folder.resolve("state.json"), "{");
    assertRefused(shards, "state.json");
    Files.delete(folder.resolve("state.json"));
    Files.copy(Cases.path("ragged.feather"), folder.resolve("other.feather"));
    assertRefused(shards, "differ in more than a number", "data-00001-of-00002.arrow, other");
    Files.writeString(folder.resolve("dataset_dict.json"), "{\"splits\": [\"train\", \"test\"]}");
    assertRefused(shards, "several data sets: train, test", folder + ":train");
    assertThatThrownBy(() -> DatasetFile.open(Path.of(folder + ":valid")))
        .isInstanceOf(WtaException.class)
        .hasMessageContainingAll("no split 'valid'", "it has train, test");
  }

  @Test
  void labelsUnderOtherNames() {
    try (Dataset data = DatasetFile.open(Cases.path("fine-and-coarse-label.arrow"))) {
      assertThatThrownBy(data::labels)
          .isInstanceOf(WtaException.class)
          .hasMessageContainingAll("'fine_label' and 'coarse_label'", "rename_column");
    }
  }

  @Test
  void aPointerToAFileElsewhere() {
    assertRefused(Cases.path("git-lfs-pointer.arrow"), "pointer of Git LFS", "git lfs pull");
  }

  @Test
  void otherFormats() throws IOException {
    Map<String, String> formats =
        Map.of(
            "label,p0,p1\n3,4,5\n", "a table as text",
            "{\"a\": [1]}", "a JSON document",
            "  <!DOCTYPE html><html>", "a web page",
            "\u0080\u0004\u0095xx", "a Python pickle",
            "RIFF1234WEBPVP8", "a WebP picture",
            "BZh91AY", "compressed with bzip2",
            "MATLAB 5.0 MAT-file", "a MATLAB file");
    Path path = folder.resolve("data.arrow");
    for (Map.Entry<String, String> format : formats.entrySet()) {
      Files.write(path, format.getKey().getBytes(StandardCharsets.ISO_8859_1));
      assertRefused(path, "is no Arrow file but " + format.getValue());
    }
  }

  /** As Hugging Face's arrays of pictures and most others are: (height, width, colour). */
  @Test
  void coloursLast() {
    Path path = folder.resolve("data.arrow");
    ForeignArrow.write(
        path,
        ForeignArrow.Format.STREAM,
        new Schema(List.of(nested("image", UINT8, fixed(5), fixed(2), fixed(3)))),
        new int[] {2},
        (root, row) -> ForeignArrow.fillCounting(root.getVector(0), 2, new int[] {5, 2, 3}, 0));
    try (Dataset data = DatasetFile.open(path)) {
      assertThat(data.sampleShape()).isEqualTo(Shape.of(3, 5, 2));
      float[] values = new float[60];
      data.read(0, 2, values, 0);
      for (int i = 0; i < 60; i++) {
        int channel = i % 30 / 10;
        assertThat(values[i]).isEqualTo(i / 30 * 30 + i % 10 * 3 + channel);
      }
    }
  }
}

package dev.wta.data.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that pyarrow and Hugging Face datasets wrote; {@code foreign/make.py} says how. */
class RealFilesTest {
  private static Path file(String name) throws URISyntaxException {
    return Path.of(RealFilesTest.class.getResource("foreign/" + name + ".ipc").toURI());
  }

  @ParameterizedTest
  @CsvSource({
    "hf-array2d, UINT8, '1,3,4'",
    "hf-array3d, FLOAT32, '1,3,4'",
    "hf-list, UINT8, '12'",
    "hf-list-of-12, FLOAT32, '12'",
    "hf-large-list, UINT8, '12'",
    "tensor-uint8, UINT8, '1,3,4'",
    "tensor-float32, FLOAT32, '1,3,4'",
    "among-others, UINT8, '12'",
    "sliced, FLOAT32, '12'",
    "feather, UINT8, '12'",
    "feather-lz4, UINT8, '12'"
  })
  void areReadAsTheyAre(String name, ElementType type, String shape) throws URISyntaxException {
    int[] extents = Arrays.stream(shape.split(",")).mapToInt(Integer::parseInt).toArray();
    try (ArrowDataset data = ArrowDataset.open(file(name))) {
      assertThat(data.size()).isEqualTo(11);
      assertThat(data.sampleShape()).isEqualTo(Shape.of(extents));
      assertThat(data.elementType()).isEqualTo(type);
      assertThat(data.labels()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
      float[] values = new float[132];
      data.read(0, 11, values, 0);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isEqualTo(i);
      }
      data.read(7, 1, values, 0);
      assertThat(values[0]).isEqualTo(84);
    }
  }

  @ParameterizedTest
  @CsvSource({"hf-image, struct<bytes, path>, decode the pictures in 'image'"})
  void orAreRefusedWithARemedy(String name, String problem, String remedy)
      throws URISyntaxException {
    Path path = file(name);
    assertThatThrownBy(() -> ArrowDataset.open(path))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining(remedy);
  }
}

package dev.wta.data.importer.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyMatrixTest {
  /** What numpy 2.3's save writes before the values of an array of floats of shape (2, 3). */
  private static final String HEADER =
      "\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
          + " ".repeat(58)
          + "\n";

  @TempDir Path folder;

  @Test
  void isWrittenAsNumpyDoes() throws IOException {
    Path file = folder.resolve("matrix.npy");
    new NpyMatrix(new float[] {0, 1, 2, 3, 4, 5}, 2, 3).write(file);
    byte[] values = {
      0, 0, 0, 0, 0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, -128, 64, 0, 0, -96, 64
    };
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes(HEADER.getBytes(StandardCharsets.ISO_8859_1));
    expected.writeBytes(values);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.toByteArray());
    NpyMatrix read = NpyMatrix.read(file);
    assertThat(read.values()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(read.rows()).isEqualTo(2);
    assertThat(read.columns()).isEqualTo(3);
  }

  @Test
  void manyRowsAreReadBack() {
    float[] values = new float[1000 * 7];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 0.25f;
    }
    Path file = folder.resolve("large.npy");
    new NpyMatrix(values, 1000, 7).write(file);
    assertThat(NpyMatrix.read(file).values()).isEqualTo(values);
  }

  @Test
  void columnsFirstIsTurned() throws IOException {
    String header = HEADER.replace("False,", "True, ");
    byte[] bytes = new byte[128 + 24];
    System.arraycopy(header.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, 128);
    for (int i = 0; i < 6; i++) {
      int bits = Float.floatToIntBits(i);
      for (int b = 0; b < 4; b++) {
        bytes[128 + 4 * i + b] = (byte) (bits >>> (8 * b));
      }
    }
    Path file = Files.write(folder.resolve("fortran.npy"), bytes);
    assertThat(NpyMatrix.read(file).values()).containsExactly(0, 2, 4, 1, 3, 5);
  }

  @Test
  void whatIsNoMatrixIsRefused() throws IOException {
    assertThatThrownBy(() -> NpyMatrix.read(folder.resolve("none.npy")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("none.npy");
    Path nan = folder.resolve("nan.npy");
    new NpyMatrix(new float[] {1, Float.NaN}, 1, 2).write(nan);
    assertThatThrownBy(() -> NpyMatrix.read(nan)).isInstanceOf(WtaException.class);
    byte[] axis = HEADER.replace("(2, 3), ", "(6,),   ").getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = Arrays.copyOf(axis, 128 + 24);
    Path flat = Files.write(folder.resolve("flat.npy"), bytes);
    assertThatThrownBy(() -> NpyMatrix.read(flat))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("two axes");
    Path cut = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(bytes, 140));
    assertThatThrownBy(() -> NpyMatrix.read(cut)).isInstanceOf(WtaException.class);
  }
}

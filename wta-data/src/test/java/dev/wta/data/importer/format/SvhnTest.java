package dev.wta.data.importer.format;

import static dev.wta.data.importer.ImportFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportFiles;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/** Files that SciPy wrote ({@code make.py} beside them says how) and files of the library's. */
class SvhnTest {
  @TempDir Path folder;
  private Path source;
  private Path out;

  @BeforeEach
  void names() {
    source = folder.resolve("source.mat");
    out = folder.resolve("data.arrow");
  }

  private ImportSummary convert() {
    return Svhn.convert(source, ImportTarget.to(out));
  }

  private static Path fixture(String name) throws URISyntaxException {
    return Path.of(SvhnTest.class.getResource(name).toURI());
  }

  private void write(Matrix pictures, Matrix labels) throws IOException {
    MatFile file = Mat5.newMatFile();
    file.addArray("X", pictures);
    file.addArray("y", labels);
    Mat5.writeToFile(file, source.toFile());
  }

  private static Matrix pictures(int... extents) {
    return Mat5.newMatrix(extents, MatlabType.UInt8);
  }

  private static Matrix labels(double... values) {
    Matrix labels = Mat5.newMatrix(values.length, 1);
    for (int i = 0; i < values.length; i++) {
      labels.setDouble(i, values[i]);
    }
    return labels;
  }

  @ParameterizedTest
  @ValueSource(strings = {"svhn.mat", "svhn-compressed.mat"})
  void filesOfSciPy(String name) throws Exception {
    source = fixture(name);
    assertThat(convert())
        .isEqualTo(new ImportSummary(out, 5, Shape.of(3, 32, 32), ElementType.UINT8, true, 10, 0));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(0, 1, 9, 2, 0);
      float[] values = ImportFiles.values(data);
      for (int i = 0; i < values.length; i++) {
        int sample = i / 3072;
        int channel = i / 1024 % 3;
        int row = i / 32 % 32;
        int column = i % 32;
        assertThat(values[i]).isEqualTo((row + 2 * column + 50 * channel + 20 * sample) % 256);
      }
      assertThat(data.metadata()).containsEntry("wta.import", "svhn");
    }
    assertThat(ImportFiles.files(folder)).containsExactly(folder, out);
  }

  @Test
  void manyPictures() throws IOException {
    Matrix pictures = pictures(32, 32, 3, 3000);
    for (int i = 0; i < pictures.getNumElements(); i++) {
      pictures.setInt(i, i % 251);
    }
    double[] labels = new double[3000];
    Arrays.setAll(labels, i -> 1 + i % 10);
    write(pictures, labels(labels));
    convert();
    try (ArrowDataset data = ArrowDataset.open(out)) {
      float[] values = new float[3072];
      data.read(2999, 1, values, 0);
      assertThat(values[1024 + 3 * 32 + 7]).isEqualTo((2999 * 3072 + 1024 + 3 + 7 * 32) % 251);
      assertThat(data.labels()).startsWith(1, 2).endsWith(9, 0);
    }
  }

  @Test
  void onePicture() throws IOException {
    write(pictures(32, 32, 3), labels(4));
    assertThat(convert().samples()).isEqualTo(1);
  }

  @Test
  void otherArrays() throws IOException {
    write(pictures(32, 32, 4, 2), labels(1, 2));
    assertRefused(folder, this::convert, source.toString(), "extents [32, 32, 4, 2]");
    write(Mat5.newMatrix(new int[] {32, 32, 3, 2}, MatlabType.Double), labels(1, 2));
    assertRefused(folder, this::convert, source.toString(), "of type double");
    write(pictures(32, 32, 3, 2), labels(1, 2, 3));
    assertRefused(folder, this::convert, source.toString(), "3 labels for 2 images");
    write(pictures(32, 32, 3, 2), labels(1, 11));
    assertRefused(folder, this::convert, source.toString(), "image 1", "label 11");
    write(pictures(32, 32, 3, 2), labels(0, 1));
    assertRefused(folder, this::convert, source.toString(), "image 0", "label 0");
    MatFile file = Mat5.newMatFile();
    file.addArray("X", pictures(32, 32, 3, 2));
    Mat5.writeToFile(file, source.toFile());
    assertRefused(folder, this::convert, source.toString(), "named 'y'");
  }

  @Test
  void otherFiles() throws IOException {
    assertRefused(folder, this::convert, source + " does not exist");
    Files.writeString(source, "MATLAB 7.3 MAT-file, Platform: GLNXA64".repeat(10));
    assertRefused(folder, this::convert, source.toString(), "version 7.3", "'-v7'");
    Files.writeString(source, "text");
    assertRefused(folder, this::convert, source + " is not a MATLAB file");
    Files.delete(source);
    Files.createDirectory(source);
    assertRefused(folder, this::convert, source + " is a folder");
  }

  @Test
  void cutShort() throws Exception {
    for (String name : new String[] {"svhn.mat", "svhn-compressed.mat"}) {
      byte[] whole = Files.readAllBytes(fixture(name));
      for (int length : new int[] {100, 128, 200, 300, whole.length / 2, whole.length - 30}) {
        Files.write(source, Arrays.copyOf(whole, length));
        assertRefused(folder, this::convert, source.toString());
      }
    }
  }
}

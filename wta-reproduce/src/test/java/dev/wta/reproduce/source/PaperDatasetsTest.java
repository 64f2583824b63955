package dev.wta.reproduce.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.reproduce.PaperDataset;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/** Data sets as their makers give them away, small. */
class PaperDatasetsTest {
  private static final List<String> CLASSES = List.of("airplane", "bird", "cat");

  @TempDir Path folder;
  private final List<String> notes = new ArrayList<>();

  private PaperDataset.Imported prepare(PaperDataset source) {
    return source.prepare(folder, folder.resolve("cache"), notes::add);
  }

  private static void holds(Path file, int samples, int... labels) {
    try (Dataset data = ArrowDataset.open(file)) {
      assertThat(data.size()).isEqualTo(samples);
      assertThat(data.sampleShape()).isEqualTo(Shape.of(3, 32, 32));
      assertThat(Arrays.copyOf(data.labels(), labels.length)).containsExactly(labels);
    }
  }

  private void writeBatch(String name, int samples) throws IOException {
    byte[] records = new byte[samples * 3073];
    new Random(1).nextBytes(records);
    for (int i = 0; i < samples; i++) {
      records[i * 3073] = (byte) (i % 10);
    }
    Path file = folder.resolve("cifar-10-batches-bin").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, records);
  }

  private void writePictures() throws IOException {
    for (String part : List.of("train", "test")) {
      for (String name : CLASSES) {
        Path directory = folder.resolve("cifar10-jpeg").resolve(part).resolve(name);
        Files.createDirectories(directory);
        for (int i = 0; i < 2; i++) {
          BufferedImage picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
          ImageIO.write(picture, "jpg", directory.resolve(i + ".jpg").toFile());
        }
      }
    }
  }

  @Test
  void takesTheBinaryVersionOfCifar10BeforePictures() throws IOException {
    writePictures();
    writeBatch("data_batch_1.bin", 12);
    writeBatch("data_batch_2.bin", 12);
    writeBatch("test_batch.bin", 11);

    PaperDataset.Imported imported = prepare(new Cifar10Files());

    holds(imported.train(), 24, 0, 1, 2, 3);
    holds(imported.test(), 11, 0, 1, 2, 3);
    assertThat(imported.remarks())
        .containsExactly("CIFAR-10's binary version, cifar-10-batches-bin.");
    assertThat(notes).hasSize(2);
    prepare(new Cifar10Files());
    assertThat(notes).hasSize(2); // kept
  }

  @Test
  void saysOfPicturesThatTheyAreNotTheOriginals() throws IOException {
    writePictures();

    PaperDataset.Imported imported = prepare(new Cifar10Files());

    holds(imported.train(), 6, 0, 0, 1, 1, 2, 2);
    holds(imported.test(), 6, 0, 0, 1, 1, 2, 2);
    assertThat(imported.remarks().getFirst())
        .contains("re-encoded as JPEG")
        .contains("close to the original pixels, but not them");
  }

  @Test
  void importsSvhn() throws IOException {
    for (String part : List.of("train", "test")) {
      Matrix pictures = Mat5.newMatrix(new int[] {32, 32, 3, 4}, MatlabType.UInt8);
      Matrix labels = Mat5.newMatrix(4, 1);
      for (int i = 0; i < 4; i++) {
        labels.setDouble(i, 10 - i); // 10 stands for 0
      }
      MatFile file = Mat5.newMatFile();
      file.addArray("X", pictures).addArray("y", labels);
      Files.createDirectories(folder.resolve("svhn"));
      Mat5.writeToFile(file, folder.resolve("svhn/" + part + "_32x32.mat").toFile());
    }

    PaperDataset.Imported imported = prepare(new SvhnFiles());

    holds(imported.train(), 4, 0, 9, 8, 7);
    holds(imported.test(), 4, 0, 9, 8, 7);
  }

  @Test
  void saysWhichFileIsMissingAndWhereItIs() {
    for (PaperDataset source : List.of(new MnistFiles(), new Cifar10Files(), new SvhnFiles())) {
      assertThatThrownBy(() -> prepare(source))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("there is no ")
          .hasMessageContaining("get it from http");
    }
  }
}

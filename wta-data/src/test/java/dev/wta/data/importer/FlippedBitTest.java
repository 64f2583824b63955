package dev.wta.data.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.WtaException;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.format.Npy;
import dev.wta.data.importer.format.Svhn;
import dev.wta.data.importer.image.ImageFiles;
import dev.wta.data.importer.image.ImageFit;
import dev.wta.data.importer.image.ImageFolder;
import dev.wta.data.importer.image.ImageOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One bit changed anywhere in a file that carries checksums: the import refuses it, or what was
 * changed is no part of the data. It never gives other data.
 */
class FlippedBitTest {
  private static final ImageOptions PICTURES =
      new ImageOptions(
          Optional.empty(),
          Optional.empty(),
          true,
          Optional.empty(),
          new ImageFit.AsStored(),
          ImageOptions.Channels.COLOUR,
          0);

  @TempDir Path folder;

  private interface Import {
    void convert(Path source, ImportTarget target);
  }

  private static byte[] fixture(String name) throws IOException, URISyntaxException {
    return Files.readAllBytes(Path.of(FlippedBitTest.class.getResource("format/" + name).toURI()));
  }

  /** The digest of what a file holds and of its classes' names; empty if it is refused. */
  private Optional<String> imported(byte[] content, Import importing) throws IOException {
    Path source = folder.resolve("source");
    Path out = folder.resolve("out.arrow");
    // New files: file systems flush what is written over, which takes 20 times as long.
    Files.deleteIfExists(source);
    Files.deleteIfExists(out);
    Files.write(source, content);
    try {
      importing.convert(source, ImportTarget.to(out));
    } catch (WtaException explained) {
      assertThat(explained.problem()).contains("source").doesNotContain("\n");
      return Optional.empty();
    }
    try (ArrowDataset data = ArrowDataset.open(out)) {
      return Optional.of(data.digest() + data.metadata().get("wta.classes"));
    }
  }

  /** Flips a random bit of {@code flips} bytes, spread over the file; of all if there are fewer. */
  private void flip(byte[] whole, int flips, Import importing) throws IOException {
    String right = imported(whole, importing).orElseThrow();
    Random random = new Random(7);
    int refused = 0;
    int step = Math.max(1, whole.length / flips);
    for (int at = 0; at < whole.length; at += step) {
      byte[] flipped = whole.clone();
      int bit = random.nextInt(8);
      flipped[at] ^= (byte) (1 << bit);
      Optional<String> now = imported(flipped, importing);
      if (now.isEmpty()) {
        refused++;
      } else {
        assertThat(now).as("bit %d of byte %d", bit, at).contains(right);
      }
    }
    assertThat(refused).isGreaterThan(whole.length / step / 5);
  }

  private static Map<String, byte[]> pictures() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("a/1.png", ImageFiles.colourPng(7, 5, 9));
    files.put("b/2.png", ImageFiles.colourPng(7, 5, 77));
    return files;
  }

  private static void folder(Path source, ImportTarget target) {
    ImageFolder.convert(source, PICTURES, target);
  }

  @Test
  void zip() throws IOException {
    flip(ImportFiles.zip(pictures()), 300, FlippedBitTest::folder);
  }

  @Test
  void tarCompressed() throws IOException {
    flip(ImportFiles.gzip(ImportFiles.tar(pictures())), 200, FlippedBitTest::folder);
  }

  @Test
  void gzipOfTwoMembers() throws Exception {
    byte[] whole = fixture("uint8.npy");
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    members.write(ImportFiles.gzip(Arrays.copyOf(whole, 100)));
    members.write(ImportFiles.gzip(Arrays.copyOfRange(whole, 100, whole.length)));
    flip(
        members.toByteArray(),
        200,
        (source, target) -> Npy.convert(source, Optional.empty(), true, target));
  }

  @Test
  void matlabCompressed() throws Exception {
    flip(fixture("svhn-compressed.mat"), 200, Svhn::convert);
  }

  /** All kinds of pixels that PNG has, in a folder each. */
  @Test
  void png() throws IOException {
    int[] types = {
      BufferedImage.TYPE_INT_RGB,
      BufferedImage.TYPE_INT_ARGB,
      BufferedImage.TYPE_BYTE_GRAY,
      BufferedImage.TYPE_USHORT_GRAY,
      BufferedImage.TYPE_BYTE_INDEXED,
      BufferedImage.TYPE_BYTE_BINARY
    };
    for (int type : types) {
      BufferedImage image = new BufferedImage(6, 4, type);
      image.setRGB(2, 1, 0xFFC86432);
      flip(
          ImageFiles.encoded(image, "png"),
          70,
          (source, target) -> {
            try {
              Path pictures = Files.createDirectories(folder.resolve("source-pictures"));
              Files.copy(source, pictures.resolve("1.png"), StandardCopyOption.REPLACE_EXISTING);
              folder(pictures, target);
            } catch (IOException impossible) {
              throw new IllegalStateException(impossible);
            }
          });
    }
  }
}

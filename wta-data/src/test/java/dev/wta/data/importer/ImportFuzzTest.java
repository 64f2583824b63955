package dev.wta.data.importer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.WtaException;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.format.Csv;
import dev.wta.data.importer.format.Npy;
import dev.wta.data.importer.format.Svhn;
import dev.wta.data.importer.image.ImageFiles;
import dev.wta.data.importer.image.ImageFit;
import dev.wta.data.importer.image.ImageFolder;
import dev.wta.data.importer.image.ImageOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, it is imported or refused: nothing else is thrown, nothing is left. */
@Timeout(120)
class ImportFuzzTest {
  private static final int ATTEMPTS = 60;

  /** An import of one file. */
  private interface Import {
    void convert(Path source, Path out);
  }

  @TempDir Path folder;
  private int imported;
  private int refused;

  private static byte[] fixture(String name) throws IOException, URISyntaxException {
    return Files.readAllBytes(Path.of(ImportFuzzTest.class.getResource("format/" + name).toURI()));
  }

  private void importOrRefuse(byte[] content, Import importing) throws IOException {
    Path source = folder.resolve("fuzz");
    Path out = folder.resolve("out.arrow");
    Files.deleteIfExists(out);
    // A new file: file systems flush one that is written over, which takes 20 times as long.
    Files.deleteIfExists(source);
    Files.write(source, content);
    try {
      importing.convert(source, out);
      try (ArrowDataset data = ArrowDataset.open(out)) {
        assertThat(data.size()).isPositive();
      }
      imported++;
    } catch (WtaException explained) {
      assertThat(explained.problem()).contains("fuzz").doesNotContain("\n");
      assertThat(out).doesNotExist();
      refused++;
    }
    assertThat(ImportFiles.list(folder))
        .noneMatch(file -> file.getFileName().toString().endsWith(".partial"));
  }

  private void fuzz(byte[] whole, Import importing) throws IOException {
    importOrRefuse(whole, importing);
    assertThat(imported).isEqualTo(1);
    Random random = new Random(1);
    for (int i = 0; i < ATTEMPTS; i++) {
      // The beginning, where headers are, more often than the rest.
      int reach = random.nextBoolean() ? Math.min(256, whole.length) : whole.length;
      importOrRefuse(Arrays.copyOf(whole, random.nextInt(reach)), importing);
      byte[] damaged = whole.clone();
      for (int j = 0; j <= random.nextInt(4); j++) {
        damaged[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
      }
      importOrRefuse(damaged, importing);
    }
    assertThat(refused).isGreaterThan(ATTEMPTS / 2);
  }

  @Test
  void npy() throws Exception {
    fuzz(
        fixture("fortran-float64.npy"),
        (source, out) -> Npy.convert(source, Optional.empty(), false, ImportTarget.to(out)));
  }

  @Test
  void npyCompressed() throws Exception {
    fuzz(
        ImportFiles.gzip(fixture("uint8.npy")),
        (source, out) -> Npy.convert(source, Optional.empty(), true, ImportTarget.to(out)));
  }

  @Test
  void csv() throws Exception {
    fuzz(
        "a,b,kind\n1,-2.5,0\n\"3\",4e2,1\n".getBytes(StandardCharsets.UTF_8),
        (source, out) ->
            Csv.convert(
                source,
                new Csv.Columns(',', Optional.empty(), Optional.of("kind")),
                ImportTarget.to(out)));
  }

  @Test
  void svhn() throws Exception {
    fuzz(fixture("svhn.mat"), (source, out) -> Svhn.convert(source, ImportTarget.to(out)));
  }

  @Test
  void svhnCompressed() throws Exception {
    fuzz(
        fixture("svhn-compressed.mat"),
        (source, out) -> Svhn.convert(source, ImportTarget.to(out)));
  }

  private static Map<String, byte[]> pictures() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("b/1.pgm", ImageFiles.plainPgm(6, 4, 9));
    files.put("a/1.png", ImageFiles.colourPng(6, 4, 9));
    return files;
  }

  private static void convertPictures(Path source, Path out) {
    ImageOptions options =
        new ImageOptions(
            Optional.empty(),
            Optional.empty(),
            true,
            Optional.empty(),
            new ImageFit.Resize(3, 3),
            ImageOptions.Channels.COLOUR,
            1);
    ImageFolder.convert(source, options, ImportTarget.to(out));
  }

  @Test
  void tar() throws IOException {
    fuzz(ImportFiles.tar(pictures()), ImportFuzzTest::convertPictures);
  }

  @Test
  void tarCompressed() throws IOException {
    fuzz(ImportFiles.gzip(ImportFiles.tar(pictures())), ImportFuzzTest::convertPictures);
  }

  @Test
  void zip() throws IOException {
    fuzz(ImportFiles.zip(pictures()), ImportFuzzTest::convertPictures);
  }
}

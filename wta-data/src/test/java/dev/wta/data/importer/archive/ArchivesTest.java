package dev.wta.data.importer.archive;

import static dev.wta.data.importer.ImportFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportFiles;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Npy;
import dev.wta.data.importer.image.ImageFiles;
import dev.wta.data.importer.image.ImageFolder;
import dev.wta.data.importer.image.ImageOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives that are not as they seem: nothing of them is lost without a word. */
class ArchivesTest {
  private static final int TAR_RECORD = 512;

  @TempDir Path folder;
  private Path source;
  private Path out;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void names() {
    source = folder.resolve("archive");
    out = folder.resolve("data.arrow");
  }

  private void convert() {
    ImageFolder.convert(
        source,
        ImageOptions.DEFAULT,
        ImportTarget.to(out)
            .listen(
                new ImportListener() {
                  @Override
                  public void note(String line) {
                    notes.add(line);
                  }
                }));
  }

  private void assertRead(int... brightness) {
    convert();
    try (ArrowDataset data = ArrowDataset.open(out)) {
      float[] values = ImportFiles.values(data);
      assertThat(data.size()).isEqualTo(brightness.length);
      for (int i = 0; i < brightness.length; i++) {
        assertThat(values[6 * i]).isEqualTo(brightness[i]);
      }
    }
  }

  /** A zip archive of entries in that order, names twice and links among them. */
  private static byte[] zip(Zip64Mode mode, List<ZipArchiveEntry> entries, byte[]... contents)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
      zip.setUseZip64(mode);
      for (int i = 0; i < contents.length; i++) {
        zip.putArchiveEntry(entries.get(i));
        zip.write(contents[i]);
        zip.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] plain(int brightness) {
    return ImageFiles.plainPgm(3, 2, brightness);
  }

  @ParameterizedTest
  @EnumSource(names = {"Always", "Never"})
  void zip64(Zip64Mode mode) throws IOException {
    List<ZipArchiveEntry> entries =
        List.of(new ZipArchiveEntry("b/1.pgm"), new ZipArchiveEntry("a\\1.pgm"));
    Files.write(source, zip(mode, entries, plain(4), plain(9)));
    assertRead(9, 4);
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.classNames()).contains(List.of("a", "b"));
    }
  }

  @Test
  void namesTwiceInAZip() throws IOException {
    List<ZipArchiveEntry> entries =
        List.of(new ZipArchiveEntry("a/1.pgm"), new ZipArchiveEntry("./a/1.pgm"));
    Files.write(source, zip(Zip64Mode.AsNeeded, entries, plain(4), plain(9)));
    assertRefused(folder, this::convert, source + " holds a/1.pgm twice");
  }

  @Test
  void linksInAZip() throws IOException {
    ZipArchiveEntry link = new ZipArchiveEntry("b.pgm");
    link.setUnixMode(0120777);
    Files.write(
        source,
        zip(
            Zip64Mode.AsNeeded,
            List.of(new ZipArchiveEntry("a.pgm"), link),
            plain(4),
            "a.pgm".getBytes(StandardCharsets.US_ASCII)));
    assertRead(4);
    assertThat(notes).singleElement().asString().contains("1 symbolic links");
  }

  @Test
  void otherMethodsOfCompression() throws IOException {
    byte[] zip = ImportFiles.zip(Map.of("a.pgm", plain(4)));
    int directory = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    zip[8] = 12;
    zip[directory + 10] = 12;
    Files.write(source, zip);
    assertRefused(folder, this::convert, "a.pgm in " + source, "method 12", "unpack it");
  }

  /** A directory that says too few files, too many bytes, or another name than the file's own. */
  @Test
  void zipDirectoriesThatLie() throws IOException {
    byte[] zip = ImportFiles.zip(Map.of("a.pgm", plain(4)));
    int directory = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    int end = zip.length - 22;
    for (int[] lie :
        new int[][] {
          {end + 8, 0, end + 10, 0},
          {directory + 27, 0x0F, directory + 27, 0x0F},
          {directory + 46, 'b', directory + 46, 'b'}
        }) {
      byte[] lying = zip.clone();
      lying[lie[0]] = (byte) lie[1];
      lying[lie[2]] = (byte) lie[3];
      Files.write(source, lying);
      assertRefused(folder, this::convert, source.toString());
    }
  }

  private static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (int i = 0; i < names.length; i++) {
        TarArchiveEntry entry = new TarArchiveEntry(names[i]);
        entry.setSize(plain(i).length);
        tar.putArchiveEntry(entry);
        tar.write(plain(i));
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void namesTwiceInATarAreReplaced() throws IOException {
    Files.write(source, tar("1.pgm", "2.pgm", "./1.pgm"));
    assertRead(2, 1);
    assertThat(notes).singleElement().asString().contains("1.pgm more than once");
  }

  @Test
  void aTarCutShortBetweenTwoFiles() throws IOException {
    byte[] tar = tar("1.pgm", "2.pgm");
    Files.write(source, Arrays.copyOf(tar, 2 * TAR_RECORD));
    assertRefused(folder, this::convert, source + " is cut short");
  }

  @Test
  void aTarThatContinuesAfterItsEnd() throws IOException {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.write(tar("1.pgm"));
    two.write(tar("2.pgm"));
    Files.write(source, ImportFiles.gzip(two.toByteArray()));
    assertRefused(folder, this::convert, source.toString(), "has bytes after its end");
  }

  @Test
  void aTarsHeaderThatWasChanged() throws IOException {
    byte[] tar = tar("a/1.pgm", "b/2.pgm");
    tar[2 * TAR_RECORD] = 'c';
    Files.write(source, tar);
    assertRefused(folder, this::convert, source.toString(), "checksum");
  }

  /** A file all of a hole, which takes no room in the archive and 200 MB outside it. */
  @Test
  void aTarOfHoles() throws IOException {
    byte[] header = Arrays.copyOf(tar("1.pgm"), TAR_RECORD);
    put(header, 124, "00000000000\0");
    header[156] = 'S';
    put(header, 257, "ustar  \0");
    put(header, 386, "01372000000\00000000000000\0"); // where a piece of no bytes begins
    put(header, 483, "01372000000\0"); // the size with its holes
    put(header, 148, "        ");
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xFF;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    byte[] tar = Arrays.copyOf(header, 10 * TAR_RECORD);
    Files.write(source, ImportFiles.gzip(tar));
    assertRefused(folder, this::convert, source.toString(), "should have 199,753,728 bytes");
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  @Test
  void gzipThatContinuesAfterItsEnd() throws IOException {
    byte[] gzip = ImportFiles.gzip(tar("1.pgm"));
    byte[] longer = Arrays.copyOf(gzip, gzip.length + 9);
    longer[gzip.length] = 'x';
    Files.write(source, longer);
    assertRefused(folder, this::convert, source.toString(), "is damaged");
  }

  /** What a header says bounds what is unpacked. */
  @Test
  void anArrayThatUnpacksToMoreThanItsHeaderSays() throws IOException {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n";
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    array.write("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    array.write(header.length());
    array.write(0);
    array.write(header.getBytes(StandardCharsets.US_ASCII));
    array.write(new byte[50 << 20]);
    Files.write(source, ImportFiles.gzip(array.toByteArray()));
    assertRefused(
        folder,
        () -> Npy.convert(source, Optional.empty(), false, ImportTarget.to(out)),
        "take 6 bytes, and there are at most 7");
  }
}

package dev.wta.data.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.data.arrow.ArrowDataset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Files for importers to read, and what is to be true of what they write. */
public final class ImportFiles {
  private ImportFiles() {}

  public static byte[] gzip(byte[] content) {
    return written(
        out -> {
          try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
          }
        });
  }

  /** A tar archive of files, in the order of the map. */
  public static byte[] tar(Map<String, byte[]> files) {
    return written(
        out -> {
          try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
              TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
              entry.setSize(file.getValue().length);
              tar.putArchiveEntry(entry);
              tar.write(file.getValue());
              tar.closeArchiveEntry();
            }
          }
        });
  }

  /** A zip archive of files, in the order of the map. */
  public static byte[] zip(Map<String, byte[]> files) {
    return written(
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
              zip.putNextEntry(new ZipEntry(file.getKey()));
              zip.write(file.getValue());
              zip.closeEntry();
            }
          }
        });
  }

  /** Writes files into a folder. */
  public static Path folder(Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(bytes);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return bytes.toByteArray();
  }

  /** All values of a data set, one sample after the other. */
  public static float[] values(ArrowDataset data) {
    float[] values = new float[Math.toIntExact(data.size() * data.sampleShape().size())];
    data.read(0, data.size(), values, 0);
    return values;
  }

  /** Requires a failure that the user can mend, and that no file has come or gone. */
  public static void assertRefused(Path folder, ThrowingCallable importing, String... telling)
      throws IOException {
    List<Path> before = files(folder);
    assertThatThrownBy(importing)
        .isInstanceOf(WtaException.class)
        .hasMessageContainingAll(telling)
        .message()
        .doesNotContain("\n");
    assertThat(files(folder)).isEqualTo(before);
  }

  /** What is directly in a folder, sorted. */
  public static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** What is in a folder however deep, and itself, sorted. */
  public static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}

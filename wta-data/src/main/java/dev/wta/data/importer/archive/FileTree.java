package dev.wta.data.importer.archive;

import dev.wta.api.WtaException;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * The files in a folder, or in an archive of one: tar, compressed with gzip or not, or zip. They
 * are known by their paths within it, with {@code /} between the parts. Hidden files, and what
 * macOS adds to archives, are not there.
 */
public interface FileTree extends AutoCloseable {
  /** No file that an importer reads whole is larger. */
  int MOST_FILE_BYTES = 1 << 28;

  /** Its files, folders, and what was passed over. */
  TreeListing<?> listing();

  /** The paths of the files that were wanted, in ascending order of their characters. */
  default List<String> names() {
    return listing().names();
  }

  /**
   * Reads a file whole; safe from several threads at once.
   *
   * @throws IOException if it cannot be read, or is larger than {@link #MOST_FILE_BYTES}
   */
  byte[] read(String name) throws IOException;

  /** The size of a file in bytes. */
  long size(String name) throws IOException;

  @Override
  void close();

  /**
   * Opens a folder or an archive.
   *
   * @param wanted which files, by their paths within it
   * @param out the import's output, beside which a tar is unpacked
   * @throws WtaException if there is none, or it is damaged
   */
  static FileTree open(Path path, Predicate<String> wanted, Path out, ImportListener listener) {
    return SourceFile.reading(
        path,
        () -> {
          if (Files.isDirectory(path)) {
            return FolderTree.open(path, wanted);
          }
          SourceFile.requireOther(path, out);
          return switch (Kind.of(path)) {
            case ZIP -> ZipTree.open(path, wanted, listener);
            case TAR -> TarTree.open(path, wanted, out, listener);
            case OTHER ->
                throw new WtaException(
                    path + " is no folder, and neither a tar (gzip or not) nor a zip archive",
                    "unpack it, and give the folder");
          };
        });
  }

  /** Whether a file is one of the archives that can be opened. */
  static boolean isArchive(Path path) {
    return SourceFile.reading(path, () -> Kind.of(path) != Kind.OTHER);
  }

  /** A path within an archive, as it would be within a folder: without {@code ./} before it. */
  static String normalised(String name) {
    String plain = name;
    while (plain.startsWith("./") || plain.startsWith("/")) {
      plain = plain.substring(plain.indexOf('/') + 1);
    }
    return plain;
  }

  /** Reads the rest of a stream, within the limit. */
  static byte[] readWhole(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_FILE_BYTES + 1);
    if (bytes.length > MOST_FILE_BYTES) {
      throw tooLarge();
    }
    return bytes;
  }

  static IOException tooLarge() {
    return new IOException("it is larger than %,d MB".formatted(MOST_FILE_BYTES >> 20));
  }

  /** The kinds of archives, by their first bytes. */
  enum Kind {
    ZIP,
    TAR,
    OTHER;

    private static final int TAR_MAGIC_AT = 257;
    private static final byte[] TAR_MAGIC = "ustar".getBytes(StandardCharsets.US_ASCII);

    private static Kind of(Path path) throws IOException {
      try (InputStream in = SourceFile.open(path)) {
        byte[] first = new byte[4];
        in.mark(first.length);
        int count = in.readNBytes(first, 0, first.length);
        in.reset();
        if (count == first.length
            && first[0] == 'P'
            && first[1] == 'K'
            && (first[2] == 3 || first[2] == 5)) { // files, or none
          return ZIP;
        }
        InputStream content = SourceFile.inflated(in);
        content.skipNBytes(TAR_MAGIC_AT);
        return Arrays.equals(content.readNBytes(TAR_MAGIC.length), TAR_MAGIC) ? TAR : OTHER;
      } catch (java.io.EOFException tooShort) {
        return OTHER;
      }
    }
  }
}

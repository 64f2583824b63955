package dev.wta.data.imports;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The files in a tar archive, compressed with gzip or not. An archive can be read from front to
 * back only, and its order is nobody's, so the wanted files are unpacked to a temporary file.
 */
final class TarTree implements FileTree {
  /** Where a file is in the temporary one. */
  private record Extent(long position, long length) {}

  private final ScratchFile scratch;
  private final Map<String, Extent> files;
  private final int passedOver;

  private TarTree(ScratchFile scratch, Map<String, Extent> files, int passedOver) {
    this.scratch = scratch;
    this.files = files;
    this.passedOver = passedOver;
  }

  static TarTree open(
      Path path,
      Predicate<String> visible,
      Predicate<String> wanted,
      Path out,
      ImportListener listener)
      throws IOException {
    ScratchFile scratch = ScratchFile.beside(out);
    try {
      long size = Files.size(path);
      try (Counting raw = new Counting(SourceFile.open(path));
          TarArchiveInputStream tar = new TarArchiveInputStream(SourceFile.inflated(raw))) {
        Map<String, Extent> files = new TreeMap<>();
        int passedOver = 0;
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          String name = FileTree.normalised(entry.getName());
          if (entry.isDirectory() || !visible.test(name)) {
            continue;
          }
          Extent extent = wanted.test(name) ? unpack(entry, tar, scratch, files) : null;
          if (extent != null) {
            files.put(name, extent);
          } else {
            passedOver++;
          }
          listener.progressed(ImportStage.UNPACKING, Math.min(raw.count, size), size);
        }
        return new TarTree(scratch, files, passedOver);
      }
    } catch (IOException | RuntimeException | Error broken) {
      scratch.close();
      throw broken;
    }
  }

  /** What of an entry is unpacked; null if it is neither a file nor a hard link to one. */
  private static Extent unpack(
      TarArchiveEntry entry,
      TarArchiveInputStream tar,
      ScratchFile scratch,
      Map<String, Extent> files)
      throws IOException {
    if (entry.isLink()) { // a file that the archive has under another name already
      return files.get(FileTree.normalised(entry.getLinkName()));
    }
    if (entry.isSymbolicLink() || !entry.isFile()) {
      return null;
    }
    long position = scratch.size();
    return new Extent(position, scratch.append(tar));
  }

  /** Knows how far the compressed file is read. */
  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }

  @Override
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  @Override
  public int passedOver() {
    return passedOver;
  }

  @Override
  public byte[] read(String name) throws IOException {
    Extent extent = files.get(name);
    if (extent.length > MOST_FILE_BYTES) {
      throw FileTree.tooLarge();
    }
    return scratch.read(extent.position, (int) extent.length);
  }

  @Override
  public long size(String name) {
    return files.get(name).length;
  }

  @Override
  public void close() {
    scratch.close();
  }
}

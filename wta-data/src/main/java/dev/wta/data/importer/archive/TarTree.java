package dev.wta.data.importer.archive;

import dev.wta.data.importer.CountedStream;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportStage;
import dev.wta.data.importer.ScratchFile;
import dev.wta.data.importer.SourceFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * The files in a tar archive, compressed with gzip or not. An archive can be read from front to
 * back only, and its order is nobody's, so the wanted files are unpacked to a temporary file.
 */
final class TarTree implements FileTree {
  /** Where a file is in the temporary one. */
  record Extent(long position, long length) {}

  private final ScratchFile scratch;
  private final TreeListing<Extent> listing;

  private TarTree(ScratchFile scratch, TreeListing<Extent> listing) {
    this.scratch = scratch;
    this.listing = listing;
  }

  static TarTree open(Path path, Predicate<String> wanted, Path out, ImportListener listener)
      throws IOException {
    ScratchFile scratch = ScratchFile.beside(out);
    try {
      long size = Files.size(path);
      try (CountedStream raw = new CountedStream(SourceFile.open(path));
          CheckedTar tar = new CheckedTar(SourceFile.inflated(raw))) {
        TreeListing<Extent> listing = new TreeListing<>(wanted);
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          String name = FileTree.normalised(entry.getName());
          if (entry.isDirectory()) {
            listing.folder(name);
          } else if (listing.wants(name)) {
            Extent extent = unpack(entry, tar, scratch, listing, size * SourceFile.MOST_INFLATION);
            if (extent != null && listing.put(name, extent) != null) {
              listener.note("%s holds %s more than once: the last is taken".formatted(path, name));
            }
          }
          listener.progressed(ImportStage.UNPACKING, Math.min(raw.count(), size), size);
        }
        tar.requireEnd();
        return new TarTree(scratch, listing);
      }
    } catch (IOException | RuntimeException | Error broken) {
      scratch.close();
      throw broken;
    }
  }

  /**
   * What of an entry is unpacked; null if it is neither a file nor a hard link to one. A file that
   * is larger than may be read is not unpacked, and fails when it is read.
   *
   * @param most the bytes that the archive can hold: one with holes may say that it has more
   */
  private static Extent unpack(
      TarArchiveEntry entry,
      CheckedTar tar,
      ScratchFile scratch,
      TreeListing<Extent> listing,
      long most)
      throws IOException {
    if (entry.isLink()) { // a file that the archive has under another name already
      Extent other = listing.place(FileTree.normalised(entry.getLinkName()));
      if (other == null) {
        listing.passOver("links to what is not there");
      }
      return other;
    }
    if (entry.isSymbolicLink() || !entry.isFile()) {
      listing.passOver(entry.isSymbolicLink() ? "symbolic links" : "devices");
      return null;
    }
    long length = entry.getRealSize();
    long position = scratch.size();
    if (length > MOST_FILE_BYTES) {
      return new Extent(position, length);
    }
    if (length > most - position) {
      throw new ZipException(
          "%s should have %,d bytes, which are not in it".formatted(entry.getName(), length));
    }
    if (scratch.append(tar, length) != length) {
      throw new EOFException();
    }
    return new Extent(position, length);
  }

  @Override
  public TreeListing<Extent> listing() {
    return listing;
  }

  @Override
  public byte[] read(String name) throws IOException {
    Extent extent = listing.place(name);
    if (extent.length > MOST_FILE_BYTES) {
      throw FileTree.tooLarge();
    }
    return scratch.read(extent.position, (int) extent.length);
  }

  @Override
  public long size(String name) {
    return listing.place(name).length;
  }

  @Override
  public void close() {
    scratch.close();
  }
}

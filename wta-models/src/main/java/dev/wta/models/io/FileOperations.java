package dev.wta.models.io;

import dev.wta.data.io.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The file operations of writing a checkpoint, which tests replace to let one fail. */
public interface FileOperations {

  /** What goes into a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a new file, or over an old one; when it returns the bytes are on the disk. */
  void write(Path file, Content content) throws IOException;

  /** Renames in one indivisible step, over what is there. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file if it is there. */
  void delete(Path file) throws IOException;

  /** When it returns, the directory's entries are on the disk. */
  void sync(Path directory) throws IOException;

  /** The real disk. */
  FileOperations REAL =
      new FileOperations() {
        @Override
        public void write(Path file, Content content) throws IOException {
          try (FileChannel channel =
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.writeTo(out);
            out.flush();
            channel.force(true);
          }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
          AtomicFile.keepMode(to, from);
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void delete(Path file) throws IOException {
          Files.deleteIfExists(file);
        }

        @Override
        public void sync(Path directory) throws IOException {
          // Elsewhere a directory cannot be opened, and its entries are durable with the rename.
          if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
              channel.force(true);
            }
          }
        }
      };

  /** Writes beside and renames: the file is the old one or the new one, never half of it. */
  default void replace(Path file, Content content) throws IOException {
    SequencedMap<Path, Content> one = new LinkedHashMap<>();
    one.put(file, content);
    replaceAll(one);
  }

  /**
   * As {@link #replace}, for files of one folder that belong together: none is renamed before all
   * are written, and then in this order.
   */
  default void replaceAll(SequencedMap<Path, Content> files) throws IOException {
    List<Path> written = new ArrayList<>();
    try {
      for (Map.Entry<Path, Content> file : files.entrySet()) {
        written.add(beside(file.getKey()));
        write(beside(file.getKey()), file.getValue());
      }
      for (Path file : files.keySet()) {
        rename(beside(file), file);
      }
    } catch (IOException failed) {
      deleteAfter(failed, written.toArray(Path[]::new));
      throw failed;
    }
    sync(files.firstEntry().getKey().toAbsolutePath().getParent());
  }

  private static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".next");
  }

  /**
   * Removes what a failed write has left, which on a full disk is in the way of everything else.
   */
  default void deleteAfter(IOException failed, Path... halfWritten) {
    for (Path file : halfWritten) {
      try {
        delete(file);
      } catch (IOException alsoFailed) {
        failed.addSuppressed(alsoFailed);
      }
    }
  }
}

package dev.wta.data.importer.archive;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files in a folder, those that links lead to included. */
final class FolderTree implements FileTree {
  private final TreeListing<Path> listing;

  private FolderTree(TreeListing<Path> listing) {
    this.listing = listing;
  }

  static FolderTree open(Path root, Predicate<String> wanted) throws IOException {
    String separator = root.getFileSystem().getSeparator();
    TreeListing<Path> listing = new TreeListing<>(wanted);
    try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      files.forEach(file -> list(root, file, separator, listing));
    }
    return new FolderTree(listing);
  }

  private static void list(Path root, Path file, String separator, TreeListing<Path> listing) {
    String name = root.relativize(file).toString().replace(separator, "/");
    if (Files.isDirectory(file)) {
      listing.folder(name);
    } else if (listing.wants(name)) {
      if (Files.isRegularFile(file)) {
        requireFound(root, name);
        listing.put(name, file);
      } else {
        listing.passOver(Files.exists(file) ? "devices" : "links to what is not there");
      }
    }
  }

  /** A name whose bytes are no characters of this locale came out as another, of no file. */
  private static void requireFound(Path root, String name) {
    if (name.indexOf('\ufffd') < 0 || exists(root, name)) {
      return;
    }
    String characters = System.getProperty("sun.jnu.encoding");
    throw new WtaException(
        "the name of %s in %s is not in %s, the characters of this locale"
            .formatted(name, root, characters),
        characters.equals("UTF-8") ? "rename it, or its folder" : "set LC_ALL=C.UTF-8");
  }

  private static boolean exists(Path root, String name) {
    try {
      return Files.exists(root.resolve(name));
    } catch (InvalidPathException unmappable) {
      return false;
    }
  }

  @Override
  public TreeListing<Path> listing() {
    return listing;
  }

  @Override
  public byte[] read(String name) throws IOException {
    try (InputStream in = Files.newInputStream(listing.place(name))) {
      return FileTree.readWhole(in);
    }
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(listing.place(name));
  }

  @Override
  public void close() {}
}

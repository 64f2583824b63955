package dev.wta.data.imports;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files in a folder, those that links lead to included. */
final class FolderTree implements FileTree {
  private final Path root;
  private final List<String> names;
  private final int passedOver;

  private FolderTree(Path root, List<String> names, int passedOver) {
    this.root = root;
    this.names = names;
    this.passedOver = passedOver;
  }

  static FolderTree open(Path root, Predicate<String> visible, Predicate<String> wanted)
      throws IOException {
    String separator = root.getFileSystem().getSeparator();
    try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      List<String> all =
          files
              .filter(Files::isRegularFile)
              .map(file -> root.relativize(file).toString().replace(separator, "/"))
              .filter(visible)
              .toList();
      List<String> names = all.stream().filter(wanted).sorted().toList();
      names.forEach(name -> requireFound(root, name));
      return new FolderTree(root, names, all.size() - names.size());
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
  public List<String> names() {
    return names;
  }

  @Override
  public int passedOver() {
    return passedOver;
  }

  @Override
  public byte[] read(String name) throws IOException {
    try (InputStream in = Files.newInputStream(root.resolve(name))) {
      return FileTree.readWhole(in);
    }
  }

  @Override
  public long size(String name) throws IOException {
    return Files.size(root.resolve(name));
  }

  @Override
  public void close() {}
}

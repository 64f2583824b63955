package dev.wta.data.imports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
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
      return new FolderTree(root, names, all.size() - names.size());
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

package dev.wta.data.imports;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** One file, compressed with gzip or not, as a tree that holds nothing else. */
final class SingleFile implements FileTree {
  private final String name;
  private final byte[] content;

  private SingleFile(String name, byte[] content) {
    this.name = name;
    this.content = content;
  }

  static SingleFile open(Path path) {
    return SourceFile.reading(
        path,
        () -> {
          try (InputStream in = SourceFile.openInflated(path)) {
            return new SingleFile(path.getFileName().toString(), FileTree.readWhole(in));
          }
        });
  }

  @Override
  public List<String> names() {
    return List.of(name);
  }

  @Override
  public int passedOver() {
    return 0;
  }

  @Override
  public byte[] read(String ignored) {
    return content;
  }

  @Override
  public long size(String ignored) {
    return content.length;
  }

  @Override
  public void close() {}
}

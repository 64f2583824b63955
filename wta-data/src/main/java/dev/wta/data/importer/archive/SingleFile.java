package dev.wta.data.importer.archive;

import dev.wta.data.importer.SourceFile;
import java.io.InputStream;
import java.nio.file.Path;

/** One file, compressed with gzip or not, as a tree that holds nothing else. */
public final class SingleFile implements FileTree {
  private final TreeListing<byte[]> listing = new TreeListing<>(name -> true);
  private final byte[] content;

  private SingleFile(String name, byte[] content) {
    this.content = content;
    listing.put(name, content);
  }

  public static SingleFile open(Path path) {
    return SourceFile.reading(
        path,
        () -> {
          try (InputStream in = SourceFile.openInflated(path)) {
            return new SingleFile(path.getFileName().toString(), FileTree.readWhole(in));
          }
        });
  }

  @Override
  public TreeListing<byte[]> listing() {
    return listing;
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

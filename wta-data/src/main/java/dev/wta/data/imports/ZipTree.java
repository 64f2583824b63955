package dev.wta.data.imports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The files in a zip archive. */
final class ZipTree implements FileTree {
  private final Path path;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries;
  private final int passedOver;

  private ZipTree(Path path, ZipFile zip, Map<String, ZipEntry> entries, int passedOver) {
    this.path = path;
    this.zip = zip;
    this.entries = entries;
    this.passedOver = passedOver;
  }

  static ZipTree open(Path path, Predicate<String> visible, Predicate<String> wanted)
      throws IOException {
    ZipFile zip = new ZipFile(path.toFile());
    Map<String, ZipEntry> found = new TreeMap<>();
    int passedOver = 0;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      String name = FileTree.normalised(entry.getName());
      if (entry.isDirectory() || !visible.test(name)) {
        continue;
      }
      if (wanted.test(name)) {
        found.put(name, entry);
      } else {
        passedOver++;
      }
    }
    return new ZipTree(path, zip, found, passedOver);
  }

  @Override
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  @Override
  public int passedOver() {
    return passedOver;
  }

  @Override
  public byte[] read(String name) throws IOException {
    try (InputStream in = zip.getInputStream(entries.get(name))) {
      return FileTree.readWhole(in);
    }
  }

  @Override
  public long size(String name) {
    return entries.get(name).getSize();
  }

  @Override
  public void close() {
    SourceFile.reading(
        path,
        () -> {
          zip.close();
          return null;
        });
  }
}

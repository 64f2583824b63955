package dev.wta.data.importer.archive;

import dev.wta.api.WtaException;
import dev.wta.data.importer.ImportListener;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Predicate;

/** The files in a zip archive, mapped into memory. Their checksums are read with them. */
final class ZipTree implements FileTree {
  private final Arena arena;
  private final TreeListing<ZipMember> listing;

  private ZipTree(Arena arena, TreeListing<ZipMember> listing) {
    this.arena = arena;
    this.listing = listing;
  }

  static ZipTree open(Path path, Predicate<String> wanted, ImportListener listener)
      throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path)) {
      ZipDirectory directory =
          ZipDirectory.read(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
      TreeListing<ZipMember> listing = new TreeListing<>(wanted);
      for (ZipMember member : directory.members()) {
        list(path, member, listing);
      }
      if (directory.foreignNames()) {
        listener.note(
            "%s has names in another encoding than UTF-8, which are read as IBM437: those of classes may look odd"
                .formatted(path));
      }
      return new ZipTree(arena, listing);
    } catch (IOException | RuntimeException | Error broken) {
      arena.close();
      throw broken;
    }
  }

  private static void list(Path path, ZipMember member, TreeListing<ZipMember> listing) {
    String name = FileTree.normalised(member.name());
    if (name.endsWith("/")) {
      listing.folder(name);
    } else if (listing.wants(name)) {
      if (member.link()) {
        listing.passOver("symbolic links");
        return;
      }
      if (member.encrypted()) {
        throw new WtaException(
            "%s is encrypted: %s needs a password".formatted(path, name),
            "unpack it, and give the folder");
      }
      if (member.method() != ZipMember.STORED && member.method() != ZipMember.DEFLATED) {
        throw new WtaException(
            "%s in %s is compressed by zip's method %d, which is not read"
                .formatted(name, path, member.method()),
            "unpack it, and give the folder");
      }
      if (listing.put(name, member) != null) {
        throw new WtaException(
            "%s holds %s twice".formatted(path, name), "make the archive again from its folder");
      }
    }
  }

  @Override
  public TreeListing<ZipMember> listing() {
    return listing;
  }

  @Override
  public byte[] read(String name) throws IOException {
    return listing.place(name).read();
  }

  @Override
  public long size(String name) {
    return listing.place(name).size();
  }

  @Override
  public void close() {
    arena.close();
  }
}

package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.data.array.NpyHeader;
import dev.wta.data.importer.ScratchFile;
import dev.wta.data.importer.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A NumPy array in a file, mapped into memory, so that values can be read in any order. One that is
 * compressed with gzip is unpacked to a temporary file first.
 */
final class NpyFile implements AutoCloseable {
  private final Path path;
  private final NpyHeader header;
  private final Arena arena;
  private final Optional<ScratchFile> scratch;
  private final MemorySegment values;

  private NpyFile(
      Path path,
      NpyHeader header,
      Arena arena,
      Optional<ScratchFile> scratch,
      MemorySegment values) {
    this.path = path;
    this.header = header;
    this.arena = arena;
    this.scratch = scratch;
    this.values = values;
  }

  /**
   * Opens a file.
   *
   * @param out the import's output, beside which what is compressed is unpacked
   * @throws WtaException if it is missing, no NumPy array, or shorter or longer than its header
   *     says
   */
  static NpyFile open(Path path, Path out) {
    SourceFile.requireFile(path, "an .npy file", out);
    return SourceFile.reading(
        path,
        () -> {
          try (InputStream raw = SourceFile.open(path)) {
            boolean gzip = SourceFile.isGzip(raw);
            InputStream content = SourceFile.inflated(raw);
            NpyHeader header = header(path, content);
            long expected = header.values() * header.type().bytes();
            long there = Files.size(path) * (gzip ? SourceFile.MOST_INFLATION : 1) - header.bytes();
            if (there < expected) {
              throw wrongSize(path, header, expected, there);
            }
            return gzip
                ? unpacked(path, header, content, out)
                : mapped(path, header, expected, there);
          }
        });
  }

  private static NpyFile mapped(Path path, NpyHeader header, long expected, long there)
      throws IOException {
    if (there != expected) {
      throw wrongSize(path, header, expected, there);
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path)) {
      MemorySegment values =
          channel.map(FileChannel.MapMode.READ_ONLY, header.bytes(), expected, arena);
      return new NpyFile(path, header, arena, Optional.empty(), values);
    } catch (IOException | RuntimeException broken) {
      arena.close();
      throw broken;
    }
  }

  private static NpyFile unpacked(Path path, NpyHeader header, InputStream content, Path out)
      throws IOException {
    long expected = header.values() * header.type().bytes();
    ScratchFile scratch = ScratchFile.beside(out);
    Arena arena = Arena.ofShared();
    try {
      scratch.append(content, expected);
      if (scratch.size() != expected) {
        throw wrongSize(path, header, expected, scratch.size());
      }
      return new NpyFile(path, header, arena, Optional.of(scratch), scratch.map(arena));
    } catch (IOException | RuntimeException broken) {
      arena.close();
      scratch.close();
      throw broken;
    }
  }

  private static WtaException wrongSize(Path path, NpyHeader header, long expected, long there) {
    return new WtaException(
        "%s is %s: %d samples as its header has them take %d bytes, and there are at most %d"
            .formatted(
                path,
                there < expected ? "cut short" : "damaged",
                header.extents()[0],
                expected,
                Math.max(0, there)),
        "get it again from its source");
  }

  Path path() {
    return path;
  }

  NpyHeader header() {
    return header;
  }

  /** The whole number at a place in the file; of integral types. */
  long integer(long index) {
    return header.type().integer(values, index, header.bigEndian());
  }

  /** The number at a place in the file. */
  float real(long index) {
    return header.type().real(values, index, header.bigEndian());
  }

  /** The number at a place in the file as it is there. */
  double exact(long index) {
    return header.type().exact(values, index, header.bigEndian());
  }

  @Override
  public void close() {
    arena.close();
    scratch.ifPresent(ScratchFile::close);
  }

  /** Reads a header from the beginning of a file's content. */
  static NpyHeader header(Path path, InputStream content) throws IOException {
    return NpyHeader.read(
        path,
        content,
        () ->
            SourceFile.other(
                path,
                "a NumPy file",
                "it does not begin with its magic number",
                "save the array with numpy.save(); of an .npz, unpack it with unzip" + " first"));
  }
}

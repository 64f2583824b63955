package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.data.importer.SourceFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * An IDX file being read: two zero bytes, the values' type, the number of axes, the extent of each
 * as a big-endian int, then the values. The last axis runs fastest.
 */
final class IdxFile implements AutoCloseable {
  /** What the values are, by the third byte of the file. */
  enum Type {
    UNSIGNED_BYTE(0x08, 1),
    SIGNED_BYTE(0x09, 1),
    SHORT(0x0B, 2),
    INT(0x0C, 4),
    FLOAT(0x0D, 4),
    DOUBLE(0x0E, 8);

    private final int code;
    private final int bytes;

    Type(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }
  }

  private static final int MOST_AXES = 4;

  private final Path path;
  private final InputStream in;
  private Type type;
  private int[] extents;

  private IdxFile(Path path, InputStream in) {
    this.path = path;
    this.in = in;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws WtaException if it is missing, no IDX file, or shorter than its header says
   */
  static IdxFile open(Path path) {
    if (Files.isDirectory(path)) {
      throw new WtaException(path + " is a folder", "give an IDX file");
    }
    try {
      long size = Files.size(path);
      InputStream raw = SourceFile.open(path);
      try {
        return readHeader(path, raw, size);
      } catch (IOException | RuntimeException broken) {
        SourceFile.closeAfter(broken, raw);
        throw broken;
      }
    } catch (IOException broken) {
      throw SourceFile.explain(path, broken);
    }
  }

  private static IdxFile readHeader(Path path, InputStream raw, long size) throws IOException {
    boolean gzip = SourceFile.isGzip(raw);
    IdxFile file = new IdxFile(path, SourceFile.inflated(raw));
    file.readHeader();
    file.requireSize(size, gzip);
    return file;
  }

  Path path() {
    return path;
  }

  Type type() {
    return type;
  }

  /** The extent of each axis, the number of samples first. */
  int[] extents() {
    return extents.clone();
  }

  /** Whether the values are whole numbers. */
  boolean integral() {
    return type != Type.FLOAT && type != Type.DOUBLE;
  }

  /** Reads the next whole number. */
  int integer() {
    byte[] bytes = new byte[type.bytes];
    read(bytes, bytes.length);
    ByteBuffer value = ByteBuffer.wrap(bytes);
    return switch (type) {
      case UNSIGNED_BYTE -> Byte.toUnsignedInt(value.get());
      case SIGNED_BYTE -> value.get();
      case SHORT -> value.getShort();
      case INT -> value.getInt();
      case FLOAT, DOUBLE -> throw new IllegalStateException(type + " is not integral");
    };
  }

  /** Reads the next {@code count} bytes of values. */
  void read(byte[] target, int count) {
    try {
      if (in.readNBytes(target, 0, count) < count) {
        throw new EOFException();
      }
    } catch (IOException broken) {
      throw SourceFile.explain(path, broken);
    }
  }

  /** Checks that no values are left, and, of a compressed file, its checksum. */
  void requireEnd() {
    try {
      if (in.read() >= 0) {
        throw new WtaException(
            "%s has bytes after its %d samples".formatted(path, extents[0]),
            "get it again from its source");
      }
    } catch (IOException broken) {
      throw SourceFile.explain(path, broken);
    }
  }

  private void readHeader() throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw notIdx();
    }
    type =
        Arrays.stream(Type.values())
            .filter(candidate -> candidate.code == magic[2])
            .findFirst()
            .orElseThrow(this::notIdx);
    int axes = magic[3];
    if (axes < 1 || axes > MOST_AXES) {
      throw new WtaException(
          "%s has %d axes".formatted(path, axes & 0xFF),
          "give an IDX file of 1 to %d".formatted(MOST_AXES));
    }
    byte[] header = in.readNBytes(axes * Integer.BYTES);
    if (header.length < axes * Integer.BYTES) {
      throw new EOFException();
    }
    extents = new int[axes];
    ByteBuffer.wrap(header).asIntBuffer().get(extents);
    long sample = 1;
    for (int axis = 0; axis < axes; axis++) {
      sample *= axis == 0 ? 1 : Math.max(0, extents[axis]);
      if (extents[axis] < 1 || sample > SourceFile.MOST_SAMPLE_VALUES) {
        throw new WtaException(
            "%s has the extents %s".formatted(path, unsigned(extents)),
            "get it again from its source: it is empty or damaged");
      }
    }
  }

  /** The numbers as the header has them: those beyond what can be read show as negative here. */
  private static List<Long> unsigned(int[] extents) {
    return Arrays.stream(extents).mapToObj(Integer::toUnsignedLong).toList();
  }

  private WtaException notIdx() {
    return SourceFile.other(
        path,
        "an IDX file",
        "it does not begin with an IDX magic number",
        "give a file such as train-images-idx3-ubyte.gz");
  }

  /** Finds out before any work is done, and before memory is reserved for what is not there. */
  private void requireSize(long fileSize, boolean gzip) {
    long values = 1;
    for (int extent : extents) {
      values *= extent; // within 2^31 samples of 2^28 values
    }
    long expected = Integer.BYTES + (long) extents.length * Integer.BYTES + values * type.bytes;
    long most = gzip ? fileSize * SourceFile.MOST_INFLATION : fileSize;
    if (most < expected || !gzip && most > expected) {
      throw new WtaException(
          "%s is %s: %d samples as its header has them take %d bytes, and there are %s%d"
              .formatted(
                  path,
                  most < expected ? "cut short" : "damaged",
                  extents[0],
                  expected,
                  gzip ? "at most " : "",
                  most),
          "get it again from its source");
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException broken) {
      throw SourceFile.explain(path, broken);
    }
  }
}

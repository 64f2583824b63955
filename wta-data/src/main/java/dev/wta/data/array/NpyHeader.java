package dev.wta.data.array;

import dev.wta.api.WtaException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the beginning of a NumPy file says: a magic number, the format's version, and a Python
 * dictionary of the values' type, their order and the extents.
 */
public final class NpyHeader {
  private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);
  private static final int MOST_DICTIONARY_BYTES = 1 << 16;
  private static final int MOST_AXES = 4;
  private static final long MOST_SAMPLE_VALUES = 1L << 28;

  private static final Pattern DICTIONARY = Pattern.compile("\\s*\\{(.*)}\\s*", Pattern.DOTALL);
  private static final Pattern TYPE =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
  private static final Pattern ORDER =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([\\d\\sL,]*)\\)");
  private static final Pattern EXTENT = Pattern.compile("\\d+");

  private final NpyType type;
  private final boolean bigEndian;
  private final boolean fortran;
  private final int[] extents;
  private final long bytes;

  private NpyHeader(NpyType type, boolean bigEndian, boolean fortran, int[] extents, long bytes) {
    this.type = type;
    this.bigEndian = bigEndian;
    this.fortran = fortran;
    this.extents = extents;
    this.bytes = bytes;
  }

  /**
   * Reads a header.
   *
   * @param another the error where the file is of another format
   * @throws WtaException if it is none, or describes what cannot be imported
   * @throws EOFException if it is cut short
   */
  public static NpyHeader read(Path path, InputStream in, Supplier<WtaException> another)
      throws IOException {
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw another.get();
    }
    byte[] version = exactly(in, 2);
    if (version[0] < 1 || version[0] > 3) {
      throw new WtaException(
          "%s is of NumPy's format %d.%d".formatted(path, version[0], version[1]),
          "save it with a format from 1.0 to 3.0");
    }
    int lengthBytes = version[0] == 1 ? Short.BYTES : Integer.BYTES;
    ByteBuffer length = ByteBuffer.wrap(exactly(in, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
    long count =
        version[0] == 1
            ? Short.toUnsignedLong(length.getShort())
            : Integer.toUnsignedLong(length.getInt());
    if (count > MOST_DICTIONARY_BYTES) {
      throw damaged(path, "a header of %d bytes".formatted(count));
    }
    String text = new String(exactly(in, (int) count), StandardCharsets.UTF_8);
    return parse(path, text, MAGIC.length + version.length + lengthBytes + count);
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    return bytes;
  }

  private static NpyHeader parse(Path path, String text, long bytes) {
    Matcher dictionary = DICTIONARY.matcher(text);
    if (!dictionary.matches()) {
      throw damaged(path, "its header is no dictionary");
    }
    String entries = dictionary.group(1);
    Matcher type = TYPE.matcher(entries);
    if (!type.find() || type.group(1).length() < 2) {
      throw new WtaException(
          path + " holds records, not numbers", "save one array of numbers with numpy.save()");
    }
    Matcher order = ORDER.matcher(entries);
    Matcher shape = SHAPE.matcher(entries);
    if (!order.find() || !shape.find()) {
      throw damaged(path, "its header lacks the order or the shape");
    }
    return new NpyHeader(
        NpyType.of(path, type.group(1)),
        type.group(1).startsWith(">"),
        order.group(1).equals("True"),
        extents(path, shape.group(1)),
        bytes);
  }

  private static int[] extents(Path path, String shape) {
    try {
      int[] extents =
          EXTENT
              .matcher(shape)
              .results()
              .mapToInt(found -> Integer.parseInt(found.group()))
              .toArray();
      if (extents.length < 1 || extents.length > MOST_AXES) {
        throw new WtaException(
            "%s has %d axes".formatted(path, extents.length),
            "save an array of 1 to %d axes".formatted(MOST_AXES));
      }
      long sample = 1;
      for (int axis = 0; axis < extents.length; axis++) {
        sample *= axis == 0 ? 1 : extents[axis];
        if (extents[axis] < 1 || sample > MOST_SAMPLE_VALUES) {
          throw hopeless(path, shape);
        }
      }
      return extents;
    } catch (NumberFormatException tooLarge) {
      throw hopeless(path, shape);
    }
  }

  private static WtaException damaged(Path path, String what) {
    return new WtaException(
        "%s is damaged: %s".formatted(path, what), "get it again from its source");
  }

  private static WtaException hopeless(Path path, String shape) {
    return new WtaException(
        "%s has the shape (%s)".formatted(path, shape.strip()),
        "give an array that is neither empty nor damaged");
  }

  public NpyType type() {
    return type;
  }

  public boolean bigEndian() {
    return bigEndian;
  }

  /** Whether the first axis runs fastest, and not the last. */
  public boolean fortran() {
    return fortran;
  }

  /** The extents of the axes, each at least 1. */
  public int[] extents() {
    return extents.clone();
  }

  /** The length of the header: where the values begin. */
  public long bytes() {
    return bytes;
  }

  /** The number of values: the extents multiplied. */
  public long values() {
    long values = 1;
    for (int extent : extents) {
      values *= extent; // within 2^31 samples of 2^28 values
    }
    return values;
  }
}

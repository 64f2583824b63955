package dev.wta.data.array;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.io.MappedFile;
import dev.wta.data.io.NumberType;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A {@code .npy} file as a data set: mapped into memory, without a copy. */
public final class NpyArray {
  private static final int MOST_HEADER_BYTES = 1 << 17;

  private NpyArray() {}

  /**
   * Opens an array of {@code uint8}, {@code float16} or {@code float32} with a sample for each row.
   *
   * @param rows what an array of floats with three axes is
   * @throws WtaException if it is no such array, cut short or damaged
   */
  public static Dataset open(Path path, Rows rows) {
    MappedFile file = MappedFile.open(path);
    boolean opened = false;
    try {
      Dataset data = of(path, file, rows);
      opened = true;
      return data;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /**
   * Whether an array is of a type that is read in place, with two axes or more.
   *
   * @throws WtaException if it is no array
   */
  public static boolean is(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      NpyHeader header = header(path, file);
      return type(header).isPresent() && header.extents().length > 1;
    }
  }

  private static Dataset of(Path path, MappedFile file, Rows rows) {
    NpyHeader header = header(path, file);
    NumberType type = type(path, header);
    long values = header.values() * type.bytes();
    if (header.bytes() + values != file.size()) {
      throw new WtaException(
          "%s is %s: its header says %d bytes of numbers, and there are %d"
              .formatted(
                  path,
                  header.bytes() + values > file.size() ? "cut short" : "damaged",
                  values,
                  file.size() - header.bytes()),
          "get it again from its source");
    }
    long[] extents = Arrays.stream(header.extents()).asLongStream().toArray();
    if (extents.length < 2) {
      throw new WtaException(
          "%s has one axis".formatted(path), "save an array of (samples, features)");
    }
    return new ArrayDataset(
        file, header.bytes(), type, extents, rows.ofArray(path.toString(), extents, type));
  }

  private static NpyHeader header(Path path, MappedFile file) {
    byte[] beginning =
        file.bytes()
            .asSlice(0, Math.min(MOST_HEADER_BYTES, file.size()))
            .toArray(ValueLayout.JAVA_BYTE);
    try {
      return NpyHeader.read(
          path,
          new ByteArrayInputStream(beginning),
          () -> new WtaException(path + " is no NumPy array", "save it with numpy.save()"));
    } catch (EOFException cut) {
      throw new WtaException(path + " is cut short", "get it again from its source", cut);
    } catch (IOException impossible) {
      throw new IllegalStateException("memory is read", impossible);
    }
  }

  private static NumberType type(Path path, NpyHeader header) {
    return type(header)
        .orElseThrow(
            () ->
                new WtaException(
                    "%s holds %s%s, which is not read in place"
                        .formatted(
                            path,
                            header.type(),
                            header.fortran()
                                ? " in Fortran's order"
                                : header.bigEndian() ? " of big-endian bytes" : ""),
                    "convert it: wta import npy %s --out data.arrow".formatted(path)));
  }

  private static Optional<NumberType> type(NpyHeader header) {
    if (header.fortran() || header.bigEndian()) {
      return Optional.empty();
    }
    return switch (header.type()) {
      case UINT8 -> Optional.of(NumberType.UINT8);
      case FLOAT16 -> Optional.of(NumberType.FLOAT16);
      case FLOAT32 -> Optional.of(NumberType.FLOAT32);
      default -> Optional.empty();
    };
  }
}

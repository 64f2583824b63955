package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.data.importer.ScratchFile;
import dev.wta.data.importer.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatFile.Entry;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * Arrays of a MATLAB file of version 5, as {@code save -v6} and {@code -v7} write them. The library
 * decompresses an array as a whole; it does so into a temporary file mapped into memory, so that
 * the heap holds none of it.
 */
final class MatFile implements AutoCloseable {
  private static final int HEADER_BYTES = 128;

  /** The names of a file of version 7.3 are near its beginning. */
  private static final int LOOKED_THROUGH = 1 << 20;

  private static final byte[] HDF5 = "\u0089HDF".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] HDF5_IN_MATLAB = "MATLAB 7.3".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MATLAB_5 = "MATLAB 5.0".getBytes(StandardCharsets.US_ASCII);

  private final Path path;
  private final ScratchFile scratch;
  private final Arena arena;
  private final Mat5File content;

  private MatFile(Path path, ScratchFile scratch, Arena arena, Mat5File content) {
    this.path = path;
    this.scratch = scratch;
    this.arena = arena;
    this.content = content;
  }

  /**
   * Reads some arrays, and passes over all others.
   *
   * @param out the import's output, beside which the temporary file is
   * @throws WtaException if the file is missing, damaged or of another version
   */
  static MatFile open(Path path, Path out, String... arrays) {
    return SourceFile.reading(
        path,
        () -> {
          Arena arena = Arena.ofShared();
          try (FileChannel channel = FileChannel.open(path)) {
            requireVersion5(path, channel);
            ScratchFile scratch = ScratchFile.beside(out);
            try {
              return new MatFile(
                  path, scratch, arena, read(path, channel, scratch, arena, Set.of(arrays)));
            } catch (RuntimeException | Error broken) {
              scratch.close();
              throw broken;
            }
          } catch (IOException | RuntimeException | Error broken) {
            arena.close();
            throw broken;
          }
        });
  }

  private static void requireVersion5(Path path, FileChannel channel) throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    ByteBuffer rest = ByteBuffer.wrap(header);
    int read;
    do {
      read = channel.read(rest);
    } while (read >= 0 && rest.hasRemaining());
    if (begins(header, HDF5) || begins(header, HDF5_IN_MATLAB)) {
      requireOtherThanDigitStruct(path, channel);
      throw new WtaException(
          path + " is a MATLAB file of version 7.3",
          "save it with save(..., '-v7') in MATLAB or Octave, or scipy.io.savemat in Python");
    }
    if (!begins(header, MATLAB_5) || rest.hasRemaining()) {
      throw SourceFile.other(
          path,
          "a MATLAB file of version 5",
          "it does not begin as one",
          "give a file such as train_32x32.mat");
    }
    if (channel.size() > Integer.MAX_VALUE) {
      throw new WtaException(
          path + " is larger than 2 GB, which is more than can be read", "save it in parts");
    }
  }

  /** SVHN comes in two forms, and people take the one for the other. */
  private static void requireOtherThanDigitStruct(Path path, FileChannel channel)
      throws IOException {
    ByteBuffer begin = ByteBuffer.allocate((int) Math.min(channel.size(), LOOKED_THROUGH));
    channel.position(0);
    while (begin.hasRemaining() && channel.read(begin) >= 0) {}
    if (new String(begin.array(), StandardCharsets.ISO_8859_1).contains("digitStruct")) {
      throw new WtaException(
          path + " is of SVHN's format 1, boxes in whole house numbers",
          "get format 2, the cropped digits: train_32x32.mat, test_32x32.mat");
    }
  }

  private static boolean begins(byte[] header, byte[] magic) {
    return Arrays.equals(Arrays.copyOf(header, magic.length), magic);
  }

  private static Mat5File read(
      Path path, FileChannel channel, ScratchFile scratch, Arena arena, Set<String> arrays) {
    long most = 0;
    try {
      long size = channel.size();
      most = size * SourceFile.MOST_INFLATION;
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      MatChecksums.require(mapped);
      ByteBuffer bytes = mapped.asByteBuffer();
      try (Source source = Sources.wrap(bytes.order(ByteOrder.nativeOrder()))) {
        return Mat5.newReader(source)
            .setEntryFilter(header -> arrays.contains(header.getName()))
            .setBufferAllocator(new InScratch(scratch, arena, most))
            .disableSubsystemProcessing()
            .readMat();
      }
    } catch (IOException | RuntimeException broken) {
      throw explain(path, broken);
    } catch (OutOfMemoryError damaged) { // the library reserves whatever a damaged file asks for
      throw explain(path, damaged);
    }
  }

  /** The library wraps what its parts throw. */
  private static WtaException explain(Path path, Throwable broken) {
    Throwable root = broken;
    while (root.getCause() != null && !(root instanceof WtaException)) {
      root = root.getCause();
    }
    if (root instanceof WtaException explained) {
      return explained;
    }
    return new WtaException(
        "%s is damaged or cut short: %s".formatted(path, root),
        "get it again from its source",
        broken);
  }

  /** Room for arrays in the temporary file. */
  private record InScratch(ScratchFile scratch, Arena arena, long most) implements BufferAllocator {
    @Override
    public ByteBuffer allocate(int bytes) {
      if (bytes < 0 || bytes > most - scratch.size()) {
        throw new IllegalArgumentException("an array of %d bytes".formatted(bytes));
      }
      if (bytes == 0) {
        return ByteBuffer.allocate(0);
      }
      try {
        return scratch.extend(bytes, arena).asByteBuffer();
      } catch (IOException diskFailed) {
        throw new UncheckedIOException(diskFailed);
      }
    }

    @Override
    public void release(ByteBuffer buffer) {} // with the temporary file
  }

  /**
   * An array of real numbers.
   *
   * @throws WtaException if there is none of that name
   */
  Matrix matrix(String name) {
    for (Entry entry : content.getEntries()) {
      if (entry.getName().equals(name)
          && entry.getValue() instanceof Matrix matrix
          && !matrix.isComplex()) {
        return readable(matrix, name);
      }
    }
    throw new WtaException(
        "%s has no array of numbers named '%s'".formatted(path, name),
        "give a file such as train_32x32.mat");
  }

  /** The library finds out only when it is asked for a value that some types hold no numbers. */
  private Matrix readable(Matrix matrix, String name) {
    try {
      if (matrix.getNumElements() > 0) {
        matrix.getDouble(0);
      }
      return matrix;
    } catch (IllegalArgumentException noNumbers) {
      throw new WtaException(
          "array '%s' of %s is damaged: %s".formatted(name, path, noNumbers.getMessage()),
          "get it again from its source",
          noNumbers);
    }
  }

  @Override
  public void close() {
    arena.close();
    scratch.close();
  }
}

package dev.wta.models.exchange.file;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.array.NpyHeader;
import dev.wta.data.array.NpyType;
import dev.wta.models.io.WriteFailures;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/** The arrays of NumPy's {@code .npz}: a ZIP archive of {@code .npy} files, compressed or not. */
public final class NpzTensors implements TensorSource {
  private static final String SUFFIX = ".npy";
  private static final int CHUNK = 1 << 16;

  private final Path file;
  private final StoredZip zip;
  private final Map<String, NpyHeader> headers = new LinkedHashMap<>();

  private NpzTensors(Path file, StoredZip zip) {
    this.file = file;
    this.zip = zip;
  }

  /**
   * Opens a file and reads the headers of its arrays.
   *
   * @throws WtaException if it is cut or damaged, or holds what is no array of numbers
   */
  public static NpzTensors open(Path file) {
    NpzTensors opened =
        new NpzTensors(file, StoredZip.open(file, "get it again, or write it with numpy.savez()"));
    try {
      opened.zip.names().forEach(opened::readHeader);
      return opened;
    } catch (RuntimeException failed) {
      opened.close();
      throw failed;
    }
  }

  private void readHeader(String entry) {
    String name =
        entry.endsWith(SUFFIX) ? entry.substring(0, entry.length() - SUFFIX.length()) : entry;
    try (InputStream in = zip.read(entry)) {
      NpyHeader header = header(entry, in);
      long bytes = header.bytes() + header.values() * header.type().bytes();
      long found = zip.size(entry).orElseThrow();
      if (found != bytes) {
        throw new WtaException(
            "'%s' in %s has %,d bytes, and its header says %,d".formatted(name, file, found, bytes),
            "get the file again from its source");
      }
      headers.put(name, header);
    } catch (EOFException cut) {
      throw new WtaException(
          "'%s' in %s is cut short".formatted(name, file),
          "get the file again from its source",
          cut);
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  private NpyHeader header(String entry, InputStream in) throws IOException {
    return NpyHeader.read(
        file.resolve(entry),
        in,
        () ->
            new WtaException(
                "'%s' in %s is no NumPy array".formatted(entry, file),
                "write the file with numpy.savez()"));
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(headers.keySet());
  }

  @Override
  public Shape shape(String name) {
    return Shape.of(headers.get(name).extents());
  }

  @Override
  public float[] values(String name, LongConsumer read) {
    NpyHeader header = headers.get(name);
    int[] extents = header.extents();
    if (header.fortran() && extents.length > 1) {
      throw new WtaException(
          "'%s' in %s is in Fortran's order".formatted(name, file),
          "write it with numpy.ascontiguousarray()");
    }
    NpyType type = header.type();
    float[] values = new float[IntSize.of(header.values(), "numbers of", name)];
    try (InputStream in = zip.read(name + SUFFIX)) {
      in.skipNBytes(header.bytes());
      for (int from = 0; from < values.length; from += CHUNK) {
        int count = Math.min(CHUNK, values.length - from);
        byte[] bytes = in.readNBytes(count * type.bytes());
        if (bytes.length < count * type.bytes()) {
          throw new EOFException("'%s' ends early".formatted(name));
        }
        MemorySegment numbers = MemorySegment.ofArray(bytes);
        for (int i = 0; i < count; i++) {
          values[from + i] = type.real(numbers, i, header.bigEndian());
        }
        read.accept(count);
      }
      return values;
    } catch (IOException unreadable) {
      throw WriteFailures.reading(file, unreadable);
    }
  }

  @Override
  public void close() {
    zip.close();
  }
}

package dev.wta.data.codes;

import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.io.Destination;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * {@link CodeFormat#NPZ}: a ZIP archive of NumPy's arrays {@code data}, {@code indices}, {@code
 * indptr}, {@code shape} and {@code format}. How long the arrays are is known at the end only, so
 * that they grow in temporary files until then.
 */
final class CsrCodeWriter extends SparseCodeWriter {
  private static final int HEADER_ALIGNMENT = 64;
  private static final int PREFIX_BYTES = 10; // magic number, version, length of the header

  /** Earlier than any computer's clock: the same codes make the same file. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final GrowingArray values;
  private final GrowingArray indices;
  private final GrowingArray ends;
  private final GrowingArray labels;

  CsrCodeWriter(Destination out, int features, boolean labelled) throws IOException {
    super(out, features, labelled);
    Path folder = out.scratchFolder();
    values = GrowingArray.in(folder);
    indices = GrowingArray.in(folder);
    ends = GrowingArray.in(folder);
    labels = GrowingArray.in(folder);
    ends.append(bytes(Long.BYTES).putLong(0, 0));
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  void write(SparseCodes codes, int[] labelsOrNull) throws IOException {
    ByteBuffer numbers = bytes(Math.multiplyExact(codes.size(), Float.BYTES));
    numbers.asFloatBuffer().put(codes.values());
    values.append(numbers);
    numbers.clear().asIntBuffer().put(codes.indices());
    indices.append(numbers);
    long[] offsets = codes.offsets();
    ByteBuffer rowEnds = bytes(Math.multiplyExact(codes.rows(), Long.BYTES));
    for (int row = 1; row < offsets.length; row++) {
      rowEnds.putLong(active() + offsets[row]);
    }
    ends.append(rowEnds.flip());
    if (labelsOrNull != null) {
      ByteBuffer classes = bytes(Math.multiplyExact(codes.rows(), Long.BYTES));
      for (int label : labelsOrNull) {
        classes.putLong(label);
      }
      labels.append(classes.flip());
    }
  }

  @Override
  void finish() throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out().stream());
    zip.setLevel(Deflater.BEST_SPEED);
    begin(zip, "indices", "<i4", active() + ",");
    indices.copyTo(zip);
    begin(zip, "indptr", "<i8", rows() + 1 + ",");
    ends.copyTo(zip);
    begin(zip, "format", "|S3", "");
    zip.write("csr".getBytes(StandardCharsets.US_ASCII));
    begin(zip, "shape", "<i8", "2,");
    write(zip, bytes(2 * Long.BYTES).putLong(rows()).putLong(features()).flip());
    begin(zip, "data", "<f4", active() + ",");
    values.copyTo(zip);
    if (labelled()) {
      begin(zip, "labels", "<i8", rows() + ",");
      labels.copyTo(zip);
    }
    zip.finish();
  }

  /** Begins an array: its entry in the archive, and NumPy's header of version 1. */
  private static void begin(ZipOutputStream zip, String name, String type, String extents)
      throws IOException {
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(NO_TIME);
    zip.putNextEntry(entry);
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, extents);
    int length =
        Math.ceilDiv(PREFIX_BYTES + header.length() + 1, HEADER_ALIGNMENT) * HEADER_ALIGNMENT
            - PREFIX_BYTES;
    ByteBuffer prefix = bytes(PREFIX_BYTES);
    prefix.put("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1)).putShort((short) length);
    write(zip, prefix.flip());
    zip.write(
        (header + " ".repeat(length - header.length() - 1) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
  }

  private static void write(ZipOutputStream zip, ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    zip.write(copy);
  }

  @Override
  void free() {
    try (values;
        indices;
        ends;
        labels) {
      // Closing removes the temporary files.
    } catch (IOException diskFailed) {
      throw out().failed(diskFailed);
    }
  }
}

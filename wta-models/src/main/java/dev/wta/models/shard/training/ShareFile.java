package dev.wta.models.shard.training;

import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Tensors one after the other in a stream that is read from its beginning: of each its name, how
 * many bytes of numbers it has, the CRC-32C of both, the numbers, float32 and little-endian, and
 * their CRC-32C. An empty name ends it.
 */
final class ShareFile {
  private static final int CHUNK = 1 << 16;

  /** Numbers of a tensor that are copied at once; a row at least. */
  private static final int PART = 1 << 20;

  private ShareFile() {}

  static void write(OutputStream to, Memory memory, Map<String, Tensor> tensors)
      throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      Tensor all = tensor.getValue();
      new Header(tensor.getKey(), all.size() * Float.BYTES).write(out);
      CRC32C crc = new CRC32C();
      int rows = rowsAtOnce(all);
      float[] numbers = new float[rows * all.shape().rowSize()];
      for (int row = 0; row < all.shape().rows(); row += rows) {
        Tensor some = part(all, row, rows);
        memory.download(some, numbers, 0);
        for (int from = 0; from < some.size(); from += CHUNK / Float.BYTES) {
          int count = (int) Math.min(CHUNK / Float.BYTES, some.size() - from);
          bytes.asFloatBuffer().put(numbers, from, count);
          crc.update(bytes.array(), 0, count * Float.BYTES);
          out.write(bytes.array(), 0, count * Float.BYTES);
        }
      }
      out.writeInt((int) crc.getValue());
    }
    new Header("", 0).write(out);
    out.flush();
  }

  private static int rowsAtOnce(Tensor tensor) {
    int width = Math.max(1, tensor.shape().rowSize());
    return Math.clamp(PART / width, 1, Math.max(1, tensor.shape().rows()));
  }

  private static Tensor part(Tensor tensor, int from, int rows) {
    int all = tensor.shape().rows();
    return rows >= all ? tensor : tensor.rows(from, Math.min(rows, all - from));
  }

  /** What stands before a tensor's numbers. */
  private record Header(String name, long bytes) {
    void write(DataOutputStream out) throws IOException {
      out.writeUTF(name);
      out.writeLong(bytes);
      out.writeInt(checkSum());
    }

    static Header read(DataInputStream in, String file) throws IOException {
      Header read = new Header(in.readUTF(), in.readLong());
      if (in.readInt() != read.checkSum()) {
        throw damaged(file);
      }
      return read;
    }

    private int checkSum() {
      CRC32C crc = new CRC32C();
      crc.update((name + " " + bytes).getBytes(StandardCharsets.UTF_8));
      return (int) crc.getValue();
    }

    boolean ends() {
      return name.isEmpty();
    }
  }

  /**
   * Fills tensors.
   *
   * @param file for messages
   * @throws WtaException if one is missing, of another size, or damaged, or there are others
   */
  static void read(InputStream from, String file, Memory memory, Map<String, Tensor> targets)
      throws IOException {
    DataInputStream in = new DataInputStream(from);
    Set<String> missing = new LinkedHashSet<>(targets.keySet());
    try {
      for (Header tensor = Header.read(in, file); !tensor.ends(); tensor = Header.read(in, file)) {
        Tensor target = targets.get(tensor.name());
        if (!missing.remove(tensor.name()) || tensor.bytes() != target.size() * Float.BYTES) {
          throw new WtaException(
              "%s has a tensor '%s' of %,d bytes that this training has not"
                  .formatted(file, tensor.name(), tensor.bytes()),
              "resume with the settings of the training that wrote it");
        }
        Filling filling = new Filling(memory, target);
        copy(in, file, tensor.bytes(), filling);
      }
    } catch (EOFException | UTFDataFormatException unreadable) {
      throw damaged(file);
    }
    if (!missing.isEmpty()) {
      throw new WtaException(
          "%s has no %s".formatted(file, String.join(", ", missing)),
          "resume with the settings of the training that wrote it");
    }
  }

  /** Writes the numbers of one tensor to another stream. */
  static void copy(InputStream from, String file, String wanted, OutputStream out)
      throws IOException {
    DataInputStream in = new DataInputStream(from);
    try {
      for (Header tensor = Header.read(in, file); !tensor.ends(); tensor = Header.read(in, file)) {
        if (tensor.name().equals(wanted)) {
          copy(
              in,
              file,
              tensor.bytes(),
              (bytes, count) -> out.write(bytes.array(), bytes.arrayOffset(), count));
          return;
        }
        in.skipNBytes(tensor.bytes() + Integer.BYTES);
      }
    } catch (EOFException | UTFDataFormatException unreadable) {
      throw damaged(file);
    }
    throw damaged(file);
  }

  /** Takes the next bytes of a tensor. */
  @FunctionalInterface
  private interface Taker {
    void take(ByteBuffer bytes, int count) throws IOException;
  }

  /** Fills a tensor, some rows at a time. */
  private static final class Filling implements Taker {
    private final Memory memory;
    private final Tensor target;
    private final int rows;
    private final float[] numbers;
    private int filled; // of the numbers
    private int row; // that the first of them belongs to

    Filling(Memory memory, Tensor target) {
      this.memory = memory;
      this.target = target;
      rows = rowsAtOnce(target);
      numbers = new float[rows * target.shape().rowSize()];
    }

    @Override
    public void take(ByteBuffer bytes, int count) {
      int given = count / Float.BYTES;
      for (int from = 0; from < given; ) {
        Tensor some = part(target, row, rows);
        int now = (int) Math.min(given - from, some.size() - filled);
        bytes.asFloatBuffer().get(from, numbers, filled, now);
        filled += now;
        from += now;
        if (filled == some.size()) {
          memory.upload(numbers, 0, some);
          filled = 0;
          row += rows;
        }
      }
    }
  }

  private static void copy(DataInputStream in, String file, long length, Taker taker)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    for (long done = 0; done < length; ) {
      int count = (int) Math.min(CHUNK, length - done);
      in.readFully(bytes.array(), 0, count);
      crc.update(bytes.array(), 0, count);
      taker.take(bytes, count);
      done += count;
    }
    if (in.readInt() != (int) crc.getValue()) {
      throw damaged(file);
    }
  }

  private static WtaException damaged(String file) {
    return new WtaException(
        "%s is damaged: it is not what was written".formatted(file),
        "restore it from a copy, or delete this checkpoint to resume from an earlier one");
  }
}

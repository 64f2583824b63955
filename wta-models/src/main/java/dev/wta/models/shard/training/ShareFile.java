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

  private ShareFile() {}

  static void write(OutputStream to, Memory memory, Map<String, Tensor> tensors)
      throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      float[] numbers = memory.download(tensor.getValue());
      new Header(tensor.getKey(), (long) numbers.length * Float.BYTES).write(out);
      CRC32C crc = new CRC32C();
      for (int from = 0; from < numbers.length; from += CHUNK / Float.BYTES) {
        int count = Math.min(CHUNK / Float.BYTES, numbers.length - from);
        bytes.asFloatBuffer().put(numbers, from, count);
        crc.update(bytes.array(), 0, count * Float.BYTES);
        out.write(bytes.array(), 0, count * Float.BYTES);
      }
      out.writeInt((int) crc.getValue());
    }
    new Header("", 0).write(out);
    out.flush();
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
        float[] numbers = new float[Math.toIntExact(target.size())];
        copy(
            in,
            file,
            tensor.bytes(),
            (bytes, start, count) ->
                bytes.asFloatBuffer().get(numbers, start / Float.BYTES, count / Float.BYTES));
        memory.upload(numbers, 0, target);
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
              (bytes, _, count) -> out.write(bytes.array(), bytes.arrayOffset(), count));
          return;
        }
        in.skipNBytes(tensor.bytes() + Integer.BYTES);
      }
    } catch (EOFException | UTFDataFormatException unreadable) {
      throw damaged(file);
    }
    throw damaged(file);
  }

  /** Takes the next bytes of a tensor, which begin at a place of it. */
  @FunctionalInterface
  private interface Taker {
    void take(ByteBuffer bytes, int start, int count) throws IOException;
  }

  private static void copy(DataInputStream in, String file, long length, Taker taker)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    for (long done = 0; done < length; ) {
      int count = (int) Math.min(CHUNK, length - done);
      in.readFully(bytes.array(), 0, count);
      crc.update(bytes.array(), 0, count);
      taker.take(bytes, Math.toIntExact(done), count);
      done += count;
    }
    if (in.readInt() != (int) crc.getValue()) {
      throw damaged(file);
    }
  }

  private static WtaException damaged(String file) {
    return new WtaException(
        "%s is damaged: it is not what was written".formatted(file),
        "restore it from a copy, or delete this checkpoint to go on from an earlier one");
  }
}

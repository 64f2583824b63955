package dev.wta.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The hash of a data set's content: a line of text with type, shape and number of samples, the
 * values in order (a byte each for uint8, four little-endian ones for float32), and the labels as
 * little-endian 64-bit numbers.
 */
final class DatasetDigest {
  private static final int CHUNK_VALUES = 1 << 16;

  private DatasetDigest() {}

  static String of(Dataset data) {
    MessageDigest sha = sha256();
    String header =
        "wta data set 1 %s %s %d%s\n"
            .formatted(
                data.elementType(),
                data.sampleShape(),
                data.size(),
                data.labelled() ? " labelled" : "");
    sha.update(header.getBytes(StandardCharsets.UTF_8));
    addValues(data, sha);
    if (data.labelled()) {
      int[] labels = data.labels();
      ByteBuffer bytes =
          ByteBuffer.allocate(labels.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int label : labels) {
        bytes.putLong(label);
      }
      sha.update(bytes.flip());
    }
    return "sha256:" + HexFormat.of().formatHex(sha.digest());
  }

  private static void addValues(Dataset data, MessageDigest sha) {
    int width = Math.toIntExact(data.sampleShape().size());
    int chunk = Math.max(1, CHUNK_VALUES / width);
    boolean uint8 = data.elementType() == ElementType.UINT8;
    float[] values = new float[chunk * width];
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < data.size(); from += chunk) {
      int count = Math.min(chunk, data.size() - from);
      data.read(from, count, values, 0);
      bytes.clear();
      if (uint8) {
        for (int i = 0; i < count * width; i++) {
          bytes.put((byte) (int) values[i]);
        }
      } else {
        bytes.asFloatBuffer().put(values, 0, count * width);
        bytes.position(count * width * Float.BYTES);
      }
      sha.update(bytes.flip());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}

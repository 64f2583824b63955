package dev.wta.data.preprocessing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A copy of a data set's samples after their pre-processing, in a file, for samples that pass many
 * times. It has no labels. The file says what it was made of, so one that an earlier process left
 * is used again, and one that was made of something else is not.
 */
public final class PreprocessedFile {
  private static final String MADE_OF = "wta.preprocessed-from";
  private static final ObjectWriter SORTED =
      new ObjectMapper().writer().with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private PreprocessedFile() {}

  /**
   * Opens the copy, after making it where it is not there yet. The caller closes it.
   *
   * @param file where it is, or is to be
   * @param digest the data's, see {@link Dataset#digest}
   * @throws WtaException if the file cannot be written, or the data holds numbers that are not
   *     finite
   */
  public static Dataset open(
      Path file, String digest, Dataset data, Preprocessing fitted, ProgressListener listener) {
    String madeOf = digest + " " + digest(fitted);
    if (Files.exists(file)) {
      ArrowDataset earlier = ArrowDataset.open(file);
      if (madeOf.equals(earlier.metadata().get(MADE_OF))) {
        return earlier;
      }
      earlier.close();
    }
    write(file, madeOf, data, fitted, listener);
    return ArrowDataset.open(file);
  }

  private static String digest(Preprocessing fitted) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(SORTED.writeValueAsBytes(fitted.describe()));
      for (Map.Entry<String, float[]> tensor : new TreeMap<>(fitted.tensors()).entrySet()) {
        sha.update(tensor.getKey().getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tensor.getValue().length, 4));
        bytes.asFloatBuffer().put(tensor.getValue());
        sha.update(bytes);
      }
      return "sha256:" + HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("descriptions are JSON", impossible);
    }
  }

  private static void write(
      Path file, String madeOf, Dataset data, Preprocessing fitted, ProgressListener listener) {
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            file, data.sampleShape(), ElementType.FLOAT32, false, Map.of(MADE_OF, madeOf))) {
      FittingPass.over(
          data,
          fitted,
          "pre-processing",
          listener,
          (samples, count) -> writer.append(samples, null, count));
      writer.commit();
    }
  }
}

package dev.wta.data.codes;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.io.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the activations of latents as EleutherAI's Delphi caches those of one module: files {@code
 * <first latent>_<last latent>.safetensors} with the tensors
 *
 * <ul>
 *   <li>{@code locations (n, 3)}: sequence, position, and latent from the first one of the file;
 *       uint16 where all of them fit, else uint32;
 *   <li>{@code activations (n)}: float32;
 *   <li>{@code tokens (sequences, context)}: int64, in each file;
 * </ul>
 *
 * and {@code config.json}. Activations of at most 1e-5 are left out, as Delphi does.
 */
public final class DelphiCache implements CodeWriter {
  private static final float LEAST = 1e-5f;
  private static final int AXES = 3;

  /** How many values uint16 has. */
  private static final int NARROW = 1 << Short.SIZE;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final int features;
  private final TokenSequences texts;
  private final Map<String, Object> config;
  private final List<Split> splits = new ArrayList<>();
  private int samples;

  /** The latents of a file, and their activations until it is written. */
  private record Split(int first, int end, GrowingArray locations, GrowingArray values) {
    static Split of(int first, int end, Path folder) throws IOException {
      return new Split(first, end, GrowingArray.in(folder), GrowingArray.in(folder));
    }

    /** Adds its latents' activations in samples of which {@code before} are added already. */
    void append(SparseCodes codes, int before, int context) throws IOException {
      ByteBuffer places = bytes(Math.multiplyExact(codes.size(), AXES * Integer.BYTES));
      ByteBuffer numbers = bytes(Math.multiplyExact(codes.size(), Float.BYTES));
      int sample = before;
      for (SparseCode code : codes) {
        for (int i = 0; i < code.size(); i++) {
          int latent = code.index(i);
          if (latent >= first && latent < end && Math.abs(code.value(i)) > LEAST) {
            places.putInt(sample / context).putInt(sample % context).putInt(latent - first);
            numbers.putFloat(code.value(i));
          }
        }
        sample++;
      }
      locations.append(places.flip());
      values.append(numbers.flip());
    }
  }

  /**
   * Begins a cache.
   *
   * @param folder of the module, such as {@code latents/layers.5}
   * @param features the latents
   * @param files among how many files the latents are divided
   * @param config further entries of {@code config.json}, such as {@code model_name}
   * @throws WtaException if the folder holds anything, or cannot be written
   */
  public static DelphiCache create(
      Path folder, int features, TokenSequences texts, int files, Map<String, Object> config) {
    DelphiCache cache = new DelphiCache(folder, features, texts, config);
    boolean begun = false;
    try {
      Files.createDirectories(folder);
      try (var found = Files.list(folder)) {
        if (found.findAny().isPresent()) {
          throw new WtaException(folder + " holds files already", "give a folder of its own");
        }
      }
      int count = Math.clamp(files, 1, features);
      for (int i = 0; i < count; i++) {
        int first = (int) ((long) features * i / count);
        int end = (int) ((long) features * (i + 1) / count);
        cache.splits.add(Split.of(first, end, folder));
      }
      begun = true;
      return cache;
    } catch (IOException failed) {
      throw cache.failed(failed);
    } finally {
      if (!begun) {
        cache.close();
      }
    }
  }

  private DelphiCache(Path folder, int features, TokenSequences texts, Map<String, Object> config) {
    this.folder = folder;
    this.features = features;
    this.texts = texts;
    this.config = config;
  }

  @Override
  public void append(float[] dense, int[] labelsOrNull, int count) {
    append(new SparseCodes.Builder(features).addDense(dense, count).build());
  }

  /**
   * Adds samples.
   *
   * @throws WtaException if there are more than tokens, or the disk fails
   */
  public void append(SparseCodes codes) {
    if (codes.features() != features || codes.rows() > texts.tokens().length - samples) {
      throw new IllegalArgumentException(
          "%d codes of %d features after %d, for %d tokens and %d features"
              .formatted(codes.rows(), codes.features(), samples, texts.tokens().length, features));
    }
    try {
      for (Split split : splits) {
        split.append(codes, samples, texts.context());
      }
    } catch (IOException failed) {
      throw failed(failed);
    }
    samples += codes.rows();
  }

  /**
   * Writes the files, {@code config.json} last, without which Delphi takes none of them.
   *
   * @throws WtaException if samples are missing, or the disk fails
   */
  @Override
  public void commit() {
    if (samples != texts.tokens().length) {
      throw new WtaException(
          "%d samples for %d tokens".formatted(samples, texts.tokens().length),
          "encode all samples");
    }
    try {
      for (Split split : splits) {
        try (AtomicFile file =
            AtomicFile.create(
                folder.resolve("%d_%d.safetensors".formatted(split.first, split.end - 1)))) {
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file.channel()));
          write(split, out);
          out.flush();
          file.commit();
        }
      }
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("cache_ctx_len", texts.context());
      all.put("n_tokens", samples);
      all.put("n_splits", splits.size());
      all.putAll(config);
      try (AtomicFile file = AtomicFile.create(folder.resolve("config.json"))) {
        file.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
        file.commit();
      }
    } catch (IOException failed) {
      throw failed(failed);
    }
  }

  private void write(Split split, OutputStream out) throws IOException {
    long count = split.values.channel().size() / Float.BYTES;
    boolean narrow =
        Math.max(split.end - split.first, Math.max(texts.sequences(), texts.context())) <= NARROW;
    long valuesEnd = count * Float.BYTES;
    long locationsEnd = valuesEnd + count * AXES * (narrow ? Short.BYTES : Integer.BYTES);
    long tokensEnd = locationsEnd + (long) samples * Long.BYTES;
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("activations", tensor("F32", List.of(count), 0, valuesEnd));
    header.put(
        "locations",
        tensor(narrow ? "U16" : "U32", List.of(count, (long) AXES), valuesEnd, locationsEnd));
    header.put(
        "tokens",
        tensor(
            "I64",
            List.of((long) texts.sequences(), (long) texts.context()),
            locationsEnd,
            tokensEnd));
    String text = JSON.writeValueAsString(header);
    text += " ".repeat(-text.length() & Long.BYTES - 1);
    out.write(bytes(Long.BYTES).putLong(text.length()).array());
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    split.values.copyTo(out);
    if (narrow) {
      split.locations.copyTo(new LowHalves(out));
    } else {
      split.locations.copyTo(out);
    }
    for (int token : texts.tokens()) {
      out.write(bytes(Long.BYTES).putLong(token).array());
    }
  }

  private static Map<String, Object> tensor(String type, List<Long> shape, long from, long to) {
    Map<String, Object> tensor = new LinkedHashMap<>();
    tensor.put("dtype", type);
    tensor.put("shape", shape);
    tensor.put("data_offsets", List.of(from, to));
    return tensor;
  }

  /** Passes on the lower two of every four bytes: little-endian numbers as shorter ones. */
  private static final class LowHalves extends FilterOutputStream {
    private int place;

    LowHalves(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      if (place < Short.BYTES) {
        out.write(value);
      }
      place = (place + 1) % Integer.BYTES;
    }
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private WtaException failed(IOException cause) {
    return new WtaException(
        "%s cannot be written: %s".formatted(folder, cause),
        "check the free space of its disk",
        cause);
  }

  /** Removes the temporary files. */
  @Override
  public void close() {
    try {
      for (Split split : splits) {
        split.locations.close();
        split.values.close();
      }
    } catch (IOException failed) {
      throw failed(failed);
    }
  }
}

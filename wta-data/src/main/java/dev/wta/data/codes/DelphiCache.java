package dev.wta.data.codes;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.data.io.AtomicFile;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
 * and {@code config.json}, without which Delphi takes none of them. Activations of at most 1e-5 are
 * left out, as Delphi does.
 */
public final class DelphiCache extends LatentFiles {
  private static final float LEAST = 1e-5f;
  private static final int AXES = 3;

  /** How many values uint16 has. */
  private static final int NARROW = 1 << Short.SIZE;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Object> config;

  /**
   * Creates a cache.
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
    cache.begin(files);
    return cache;
  }

  private DelphiCache(Path folder, int features, TokenSequences texts, Map<String, Object> config) {
    super(folder, features, texts);
    this.config = config;
  }

  @Override
  boolean keeps(float value) {
    return Math.abs(value) > LEAST;
  }

  @Override
  String name(int number, Split split) {
    return "%d_%d.safetensors".formatted(split.first(), split.end() - 1);
  }

  @Override
  void finish(Path folder, int files) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cache_ctx_len", texts().context());
    all.put("n_tokens", texts().tokens().length);
    all.put("n_splits", files);
    all.putAll(config);
    try (AtomicFile file = AtomicFile.create(folder.resolve("config.json"))) {
      file.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
      file.commit();
    }
  }

  @Override
  void write(Split split, OutputStream out) throws IOException {
    long count = split.size();
    long sequences = texts().sequences();
    long context = texts().context();
    boolean narrow = Math.max(split.latents(), Math.max(sequences, context)) <= NARROW;
    long valuesEnd = count * Float.BYTES;
    long locationsEnd = valuesEnd + count * AXES * (narrow ? Short.BYTES : Integer.BYTES);
    long tokensEnd = locationsEnd + sequences * context * Long.BYTES;
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("activations", tensor("F32", List.of(count), 0, valuesEnd));
    header.put(
        "locations",
        tensor(narrow ? "U16" : "U32", List.of(count, (long) AXES), valuesEnd, locationsEnd));
    header.put("tokens", tensor("I64", List.of(sequences, context), locationsEnd, tokensEnd));
    String text = JSON.writeValueAsString(header);
    text += " ".repeat(-text.length() & Long.BYTES - 1);
    out.write(bytes(Long.BYTES).putLong(text.length()).array());
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    split.values().copyTo(out);
    if (narrow) {
      split.locations().copyTo(new LowHalves(out));
    } else {
      split.locations().copyTo(out);
    }
    for (int token : texts().tokens()) {
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
}

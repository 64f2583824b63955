package dev.wta.data.codes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.wta.api.WtaException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Writes what SAEDashboard writes for Neuronpedia of each latent, as far as no language model is
 * needed for it: files {@code batch-0.json}, {@code batch-1.json}, ... with one member, {@code
 * features}, a list of objects with
 *
 * <ul>
 *   <li>{@code feature_index}; {@code n_prompts_total}, {@code n_tokens_in_prompt}, {@code
 *       dataset};
 *   <li>{@code frac_nonzero}: the part of the samples that activate the latent;
 *   <li>{@code freq_hist_data_bar_values} and {@code ..._heights}: the middles of 50 equal bins
 *       from the smallest activation to the largest, and how many activations each has;
 *   <li>{@code activations}: sequences, {@code tokens} and {@code values} of all positions, and
 *       {@code qualifying_token_index}, the position meant. First the 20 largest activations, whose
 *       {@code bin_min} and {@code bin_contains} are -1 and whose {@code bin_max} is the largest
 *       activation; then up to 5 from each fifth of the range from 0 to that, the uppermost first,
 *       with its bounds and the part of the samples in it, inactive ones included.
 * </ul>
 *
 * <p>The 5 are evenly spread over the activations of that fifth by the order of the samples, where
 * SAEDashboard samples them at random; and numbers are not rounded to three decimals.
 */
public final class SaeDashboardFiles extends LatentFiles {
  private static final int BINS = 50;
  private static final int TOP = 20;
  private static final int INTERVALS = 5;
  private static final int OF_INTERVAL = 5;
  private static final int AXES = 3;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String dataset;
  private final IntFunction<String> vocabulary;

  /**
   * Creates the files.
   *
   * @param features the latents
   * @param files among how many files the latents are divided
   * @param dataset the name of the data
   * @param vocabulary the text of a token, by its number
   * @throws WtaException if the folder holds anything, or cannot be written
   */
  public static SaeDashboardFiles create(
      Path folder,
      int features,
      TokenSequences texts,
      int files,
      String dataset,
      IntFunction<String> vocabulary) {
    SaeDashboardFiles writer = new SaeDashboardFiles(folder, features, texts, dataset, vocabulary);
    writer.begin(files);
    return writer;
  }

  private SaeDashboardFiles(
      Path folder,
      int features,
      TokenSequences texts,
      String dataset,
      IntFunction<String> vocabulary) {
    super(folder, features, texts);
    this.dataset = dataset;
    this.vocabulary = vocabulary;
  }

  @Override
  boolean keeps(float value) {
    return value > 0;
  }

  @Override
  String name(int number, Split split) {
    return "batch-%d.json".formatted(number);
  }

  @Override
  void finish(Path folder, int files) {}

  /** The activations of one latent, in the samples' order. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Activations(int[] samples, float[] values) {
    float largest() {
      float largest = 0;
      for (float value : values) {
        largest = Math.max(largest, value);
      }
      return largest;
    }

    float smallest() {
      float smallest = Float.POSITIVE_INFINITY;
      for (float value : values) {
        smallest = Math.min(smallest, value);
      }
      return smallest;
    }

    /** The places of the largest ones; of equal ones, the first. */
    int[] descending(int most) {
      long[] keys = new long[values.length];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = (long) -Float.floatToIntBits(values[i]) << Integer.SIZE | i; // values are above 0
      }
      return Arrays.stream(keys).sorted().limit(most).mapToInt(key -> (int) key).toArray();
    }

    int[] which(IntPredicate wanted) {
      return IntStream.range(0, values.length).filter(wanted).toArray();
    }
  }

  @Override
  void write(Split split, OutputStream out) throws IOException {
    try (Arena arena = Arena.ofConfined();
        JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      MemorySegment places = split.locations().map(arena);
      MemorySegment values = split.values().map(arena);
      int[][] byLatent = byLatent(split, places);
      json.writeStartObject();
      json.writeArrayFieldStart("features");
      for (int latent = 0; latent < split.latents(); latent++) {
        int[] records = byLatent[latent];
        int[] samples = new int[records.length];
        float[] numbers = new float[records.length];
        for (int i = 0; i < records.length; i++) {
          long place = (long) records[i] * AXES;
          samples[i] =
              places.getAtIndex(INT, place) * texts().context() + places.getAtIndex(INT, place + 1);
          numbers[i] = values.getAtIndex(FLOAT, records[i]);
        }
        write(json, split.first() + latent, new Activations(samples, numbers));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /** The numbers of each latent's records, ascending. */
  private static int[][] byLatent(Split split, MemorySegment places) throws IOException {
    if (split.size() > Integer.MAX_VALUE) {
      throw new WtaException(
          "%,d activations are too many for a file".formatted(split.size()), "give more --files");
    }
    int count = (int) split.size();
    int[] counts = new int[split.latents()];
    for (int i = 0; i < count; i++) {
      counts[places.getAtIndex(INT, (long) i * AXES + 2)]++;
    }
    int[][] records = new int[counts.length][];
    for (int latent = 0; latent < counts.length; latent++) {
      records[latent] = new int[counts[latent]];
    }
    int[] filled = new int[counts.length];
    for (int i = 0; i < count; i++) {
      int latent = places.getAtIndex(INT, (long) i * AXES + 2);
      records[latent][filled[latent]++] = i;
    }
    return records;
  }

  private void write(JsonGenerator json, int latent, Activations found) throws IOException {
    int samples = texts().tokens().length;
    json.writeStartObject();
    json.writeNumberField("feature_index", latent);
    json.writeNumberField("frac_nonzero", (double) found.values.length / samples);
    writeHistogram(json, found);
    json.writeNumberField("n_prompts_total", texts().sequences());
    json.writeNumberField("n_tokens_in_prompt", texts().context());
    json.writeStringField("dataset", dataset);
    json.writeArrayFieldStart("activations");
    if (found.values.length > 0) {
      float largest = found.largest();
      for (int i : found.descending(TOP)) {
        writeSequence(json, found, i, -1, largest, -1);
      }
      for (int interval = INTERVALS - 1; interval >= 0; interval--) {
        double low = (double) largest * interval / INTERVALS;
        double high = (double) largest * (interval + 1) / INTERVALS;
        int[] inside = found.which(i -> found.values[i] >= low && found.values[i] <= high);
        int inactive = interval == 0 ? samples - found.values.length : 0;
        double contains = (double) (inside.length + inactive) / samples;
        int shown = Math.min(OF_INTERVAL, inside.length);
        for (int i = 0; i < shown; i++) {
          int chosen = inside[(int) ((long) inside.length * (2 * i + 1) / (2L * shown))];
          writeSequence(json, found, chosen, low, high, contains);
        }
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeHistogram(JsonGenerator json, Activations found) throws IOException {
    int bins = found.values.length == 0 ? 0 : BINS;
    double smallest = found.smallest();
    double width = (found.largest() - smallest) / BINS;
    int[] heights = new int[bins];
    for (float value : found.values) {
      heights[width > 0 ? (int) Math.min(BINS - 1, (value - smallest) / width) : BINS / 2]++;
    }
    json.writeArrayFieldStart("freq_hist_data_bar_values");
    for (int bin = 0; bin < bins; bin++) {
      json.writeNumber((float) (smallest + (bin + 0.5) * width));
    }
    json.writeEndArray();
    json.writeFieldName("freq_hist_data_bar_heights");
    json.writeArray(heights, 0, bins);
  }

  private void writeSequence(
      JsonGenerator json, Activations found, int chosen, double low, double high, double contains)
      throws IOException {
    int context = texts().context();
    int position = found.samples[chosen] % context;
    int begin = found.samples[chosen] - position;
    json.writeStartObject();
    json.writeNumberField("bin_min", low);
    json.writeNumberField("bin_max", high);
    json.writeNumberField("bin_contains", contains);
    json.writeArrayFieldStart("tokens");
    for (int i = 0; i < context; i++) {
      json.writeString(vocabulary.apply(texts().tokens()[begin + i]));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("values");
    int next = chosen;
    while (next > 0 && found.samples[next - 1] >= begin) {
      next--;
    }
    for (int sample = begin; sample < begin + context; sample++) {
      boolean active = next < found.samples.length && found.samples[next] == sample;
      json.writeNumber(active ? found.values[next++] : 0f);
    }
    json.writeEndArray();
    json.writeNumberField("qualifying_token_index", position);
    json.writeEndObject();
  }
}

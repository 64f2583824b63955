package dev.wta.cli.inspect;

import dev.wta.data.Dataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.data.arrow.ReadOptions;
import dev.wta.data.importer.format.Npy;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a data set is. */
final class DataDescription {
  /** The range of values is that of so many samples, so that a large file is not read whole. */
  private static final int LOOKED_AT = 1000;

  private DataDescription() {}

  static Description of(Path path, ReadOptions options) {
    try (Dataset data = DatasetFile.open(path, options)) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("samples", data.size());
      facts.put("shape", data.sampleShape().toString());
      facts.put("type", data.elementType().name().toLowerCase(Locale.ROOT));
      facts.put("values", values(data));
      facts.put("labelled", data.labelled());
      if (data.labelled()) {
        facts.put("samplesOfClass", classes(data));
      }
      if (data instanceof ArrowDataset arrow && !arrow.metadata().isEmpty()) {
        facts.put("metadata", arrow.metadata());
      }
      return new Description(
          "data set",
          facts,
          List.of(
              "wta train --model fc-wta --data %s --out RUN".formatted(path),
              "wta encode --run RUN --data %s --out features.arrow".formatted(path)));
    }
  }

  private static Map<String, Object> values(Dataset data) {
    int width = Math.toIntExact(data.sampleShape().size());
    int rows = Math.clamp((1 << 24) / width, 1, Math.min(LOOKED_AT, data.size()));
    float[] read = new float[rows * width];
    data.read(0, rows, read, 0);
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    double sum = 0;
    long finite = 0;
    for (float value : read) {
      if (Float.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
        sum += value;
        finite++;
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("ofFirstSamples", rows);
    if (finite > 0) {
      values.put("min", least);
      values.put("mean", sum / finite);
      values.put("max", most);
    }
    values.put("notFinite", read.length - finite);
    return values;
  }

  /** The samples of each class that has any, by its name where the data name it. */
  private static Map<String, Object> classes(Dataset data) {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int label : data.labels()) {
      counts.merge(label, 1, Integer::sum);
    }
    Map<String, Object> named = new LinkedHashMap<>();
    counts.forEach(
        (label, count) ->
            named.put(
                data.classNames()
                    .filter(names -> label < names.size())
                    .map(names -> label + " " + names.get(label))
                    .orElse(Integer.toString(label)),
                count));
    return named;
  }

  static Description of(Path path, Npy.ArrayForm form) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("shape", form.shape().toString());
    facts.put("type", form.type());
    facts.put("order", form.fortran() ? "Fortran" : "C");
    return new Description(
        "NumPy array", facts, List.of("wta import npy %s --out data.arrow".formatted(path)));
  }
}

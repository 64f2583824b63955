package dev.wta.data.importer;

import dev.wta.data.LabelGaps;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The half of an import that all formats share: samples from a source go into an Arrow file. */
public final class ArrowImport {
  /** What metadata call the part of a source that was taken. */
  public static final String LIMIT = "wta.limit";

  private ArrowImport() {}

  /**
   * Writes the samples of a source that are wanted.
   *
   * @param provenance what the file's metadata says of the source
   */
  public static ImportSummary write(
      SampleSource source, Map<String, String> provenance, ImportTarget target) {
    SampleSource.Form form = source.form();
    SampleChunk chunk = new SampleChunk(form);
    int read = 0;
    int written = 0;
    Set<Integer> classes = new HashSet<>();
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            target.out(),
            form.sample(),
            form.type(),
            form.labelled(),
            metadata(provenance, form.size(), target))) {
      for (int filled = source.read(chunk); filled > 0; filled = source.read(chunk)) {
        int before = read;
        int rows = chunk.keep(filled, form.width(), row -> target.takes(before + row, form.size()));
        read += filled;
        int[] labels = form.labelled() ? chunk.labels() : null;
        switch (form.type()) {
          case UINT8 -> writer.append(chunk.bytes(), labels, rows);
          case FLOAT32 -> writer.append(chunk.floats(), labels, rows);
        }
        for (int i = 0; labels != null && i < rows; i++) {
          classes.add(labels[i]);
        }
        written += rows;
        target.listener().progressed(ImportStage.IMPORTING, read, form.size());
      }
      writer.commit();
    }
    int[] occurring = classes.stream().mapToInt(Integer::intValue).sorted().toArray();
    int largest = occurring.length == 0 ? -1 : occurring[occurring.length - 1];
    if (LabelGaps.in(occurring)) {
      target
          .listener()
          .note(
              "the labels reach to %,d, and only %s"
                  .formatted(largest, LabelGaps.occur(occurring.length)));
    }
    return new ImportSummary(
        target.out(),
        written,
        form.sample(),
        form.type(),
        form.labelled(),
        largest + 1,
        form.size() - read);
  }

  private static Map<String, String> metadata(
      Map<String, String> provenance, int size, ImportTarget target) {
    if (size <= target.most()) {
      return provenance;
    }
    Map<String, String> all = new LinkedHashMap<>(provenance);
    all.put(LIMIT, limit(target.most(), size));
    return all;
  }

  public static String limit(int taken, int size) {
    return "%d of %d".formatted(taken, size);
  }
}

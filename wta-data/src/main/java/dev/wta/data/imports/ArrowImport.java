package dev.wta.data.imports;

import dev.wta.data.ArrowDatasetWriter;
import java.nio.file.Path;
import java.util.Map;

/** The half of an import that all formats share: samples from a source go into an Arrow file. */
final class ArrowImport {
  private ArrowImport() {}

  /**
   * Writes all samples of a source.
   *
   * @param provenance what the file's metadata says of the source
   * @param out the file, which appears or is replaced once it is whole
   */
  static ImportSummary write(
      SampleSource source, Map<String, String> provenance, Path out, ImportListener listener) {
    SampleChunk chunk = new SampleChunk(source);
    int written = 0;
    int largest = -1;
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(
            out, source.sampleShape(), source.elementType(), source.labelled(), provenance)) {
      for (int rows = source.read(chunk); rows > 0; rows = source.read(chunk)) {
        int[] labels = source.labelled() ? chunk.labels() : null;
        switch (source.elementType()) {
          case UINT8 -> writer.append(chunk.bytes(), labels, rows);
          case FLOAT32 -> writer.append(chunk.floats(), labels, rows);
        }
        for (int i = 0; labels != null && i < rows; i++) {
          largest = Math.max(largest, labels[i]);
        }
        written += rows;
        listener.progressed(ImportStage.IMPORTING, written, source.size());
      }
      writer.commit();
    }
    return new ImportSummary(
        out,
        written,
        source.sampleShape(),
        source.elementType(),
        source.labelled(),
        largest + 1,
        source.size() - written);
  }
}

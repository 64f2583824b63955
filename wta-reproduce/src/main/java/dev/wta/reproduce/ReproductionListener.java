package dev.wta.reproduce;

import dev.wta.api.ProgressListener;
import dev.wta.data.importer.ImportListener;
import dev.wta.models.training.TrainingListener;
import java.util.List;

/** Receives the progress of a reproduction. */
public interface ReproductionListener {
  /** Ignores all progress. */
  ReproductionListener SILENT = line -> {};

  /** Receives a message for the user, one line. */
  void note(String line);

  /** The listeners of a training; called once for each. */
  default List<TrainingListener> training() {
    return List.of();
  }

  /** The listener of imports. */
  default ImportListener importing() {
    return ImportListener.SILENT;
  }

  /** The listener of fits of probes. */
  default ProgressListener probing() {
    return ProgressListener.SILENT;
  }
}

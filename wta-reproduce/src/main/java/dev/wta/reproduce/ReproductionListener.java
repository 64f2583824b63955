package dev.wta.reproduce;

import dev.wta.api.ProgressListener;
import dev.wta.data.importer.ImportListener;
import dev.wta.models.training.TrainingListener;
import java.util.List;

/** Receives the progress of a reproduction. */
public interface ReproductionListener {
  /** Hears nothing. */
  ReproductionListener SILENT = line -> {};

  /** Something that people want to know while they wait, in one line. */
  void note(String line);

  /** Those who hear how a training goes; asked for once a training. */
  default List<TrainingListener> training() {
    return List.of();
  }

  /** Hears how an import goes. */
  default ImportListener importing() {
    return ImportListener.SILENT;
  }

  /** Hears how a fit goes. */
  default ProgressListener probing() {
    return ProgressListener.SILENT;
  }
}

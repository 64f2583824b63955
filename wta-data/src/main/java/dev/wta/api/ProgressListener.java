package dev.wta.api;

/** Hears how far a lengthy preparation has come, such as the fitting of a whitening. */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener SILENT = (stage, done, total) -> {};

  /**
   * Called often, on the working thread.
   *
   * @param stage what is being done, for people
   * @param done the work done in this stage
   * @param total the work of this stage, at least 1
   */
  void progressed(String stage, long done, long total);
}

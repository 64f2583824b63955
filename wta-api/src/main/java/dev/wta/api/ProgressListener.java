package dev.wta.api;

/** Receives the progress of lengthy work, such as fitting a whitening or a probe. */
@FunctionalInterface
public interface ProgressListener {
  /** Ignores all progress. */
  ProgressListener SILENT = (stage, done, total) -> {};

  /**
   * Called often, on the working thread.
   *
   * @param stage what is being done, for people
   * @param done the work done in this stage
   * @param total the work of this stage, at least 1
   */
  void progressed(String stage, long done, long total);

  /** Receives a message for the user; does nothing by default. */
  default void noted(String note) {}
}

package dev.wta.api;

/** Hears how far the fitting of a probe has come, for a progress bar. */
@FunctionalInterface
public interface ProbeListener {
  /** Hears nothing. */
  ProbeListener SILENT = (stage, done, total) -> {};

  /**
   * Called often, on the fitting thread.
   *
   * @param stage what is being done, for people: {@code "C = 0.316"}
   * @param done the work done in this stage
   * @param total the work of this stage, at least 1
   */
  void progressed(String stage, long done, long total);

  /** Something that people should know; by default nobody is told. */
  default void noted(String note) {}
}

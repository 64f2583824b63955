package dev.wta.data.importer;

/** Receives the events of an import, on the thread that imports. */
public interface ImportListener {
  /** Ignores all events. */
  ImportListener SILENT = new ImportListener() {};

  /**
   * So much of a stage is done.
   *
   * @param done of {@code total}, in what the stage counts
   */
  default void progressed(ImportStage stage, long done, long total) {}

  /** An image cannot be read and is left out. */
  default void unreadable(String picture, String reason) {}

  /** Something that the user may want to know, as a line of text. */
  default void note(String line) {}
}

package dev.wta.data.importer;

/** What an import is at, and what its progress counts. */
public enum ImportStage {
  /** Decompressing an archive; counts the compressed bytes. */
  UNPACKING,
  /** Reading and writing samples; counts those. */
  IMPORTING
}

package dev.wta.data.importer;

/** What an import is at, and what its progress counts. */
public enum ImportStage {
  /** Decompressing an archive; counts the compressed bytes. */
  UNPACKING,
  /** Counting the samples of a file that does not say how many they are; counts its bytes. */
  COUNTING,
  /** Reading and writing samples; counts those. */
  IMPORTING
}

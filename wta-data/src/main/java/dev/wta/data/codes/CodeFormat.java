package dev.wta.data.codes;

import java.nio.file.Path;
import java.util.Locale;

/** What sparse codes are written as. */
public enum CodeFormat {
  /**
   * An Arrow IPC file with the columns {@code indices: list<int32>}, {@code values: list<float>}
   * and, where there are labels, {@code label: int64}. The schema's metadata has {@code
   * wta.features}, the features of a sample.
   */
  ARROW,
  /** The same as an Arrow IPC stream, which can be read while it is written. */
  ARROW_STREAM,
  /**
   * A matrix {@code (samples, features)} in compressed-sparse-row form, as {@code
   * scipy.sparse.save_npz} writes it; labels, if any, are its array {@code labels}.
   */
  NPZ,
  /** A JSON object of the active features for each sample and line: <code>{"3":0.5}</code>. */
  JSONL;

  /**
   * The format that a file's name says: {@code .npz}, {@code .jsonl}, {@code .arrows}, or Arrow.
   */
  public static CodeFormat of(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return NPZ;
    }
    if (name.endsWith(".jsonl")) {
      return JSONL;
    }
    return name.endsWith(".arrows") ? ARROW_STREAM : ARROW;
  }

  /** The name on command lines: {@code arrow-stream}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

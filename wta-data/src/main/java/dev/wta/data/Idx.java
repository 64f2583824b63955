package dev.wta.data;

import dev.wta.api.WtaException;
import java.nio.file.Path;
import java.util.Optional;

/** Imports IDX files, the form that MNIST comes in. */
@SuppressWarnings("DoNotCallSuggester") // bodies follow
public final class Idx {
  private Idx() {}

  /**
   * Writes the pictures and, where given, their labels to an Arrow file.
   *
   * @throws WtaException if a file is missing, damaged or of another form
   */
  public static ImportSummary convert(Path images, Optional<Path> labels, Path out) {
    throw new UnsupportedOperationException("not yet: " + out);
  }
}

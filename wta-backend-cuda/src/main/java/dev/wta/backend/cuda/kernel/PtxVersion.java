package dev.wta.backend.cuda.kernel;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of PTX's language that a text is written in. It is that of the compiler, whatever is
 * in the text, and a driver refuses versions newer than its own.
 */
record PtxVersion(int major, int minor) {
  private static final Pattern LINE = Pattern.compile("(?m)^\\.version\\s+(\\d+)\\.(\\d+)");

  /** PTX 8.x of CUDA 12, by x; there was none between 8.5 and 8.6 for CUDA 12.6. */
  private static final int[] OF_CUDA_12 = {0, 1, 2, 3, 4, 5, 7, 8, 9};

  static Optional<PtxVersion> of(String text) {
    Matcher matcher = LINE.matcher(text);
    return matcher.find()
        ? Optional.of(
            new PtxVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  /** The oldest CUDA, as 1000 * major + 10 * minor, whose drivers understand it; 12.0 at least. */
  int cuda() {
    return switch (major) {
      case 8 -> 12_000 + 10 * (minor < OF_CUDA_12.length ? OF_CUDA_12[minor] : 9);
      case 9 -> 13_000 + 10 * minor;
      default -> major < 8 ? 12_000 : 1000 * (major + 4) + 10 * minor;
    };
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}

package dev.wta.cli.output;

import dev.wta.data.io.Destination;
import java.nio.file.Path;

/** {@code -} where a path is asked for: standard input or standard output. */
public final class StandardStreams {
  private StandardStreams() {}

  /** Whether a path stands for a standard stream. */
  public static boolean is(Path path) {
    return path.toString().equals("-");
  }

  /** Where an output goes: standard output, or a file that appears once it is whole. */
  public static Destination output(Path path) {
    return is(path)
        ? Destination.stream("standard output", Output.stream())
        : Destination.file(path);
  }
}

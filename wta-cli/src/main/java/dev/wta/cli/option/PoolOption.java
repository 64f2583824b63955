package dev.wta.cli.option;

import java.util.Map;
import picocli.CommandLine.Option;

/** The option of commands that encode with a model of feature maps. */
public final class PoolOption {
  @Option(
      names = "--pool",
      paramLabel = "WINDOW/STRIDE",
      description =
          "Pool the feature maps like this instead of as the run says, such as 11/6; none leaves"
              + " them whole.")
  String pool;

  /** The settings of a run's encoder that it changes. */
  public Map<String, Object> changed() {
    return pool == null ? Map.of() : Map.of("pool", pool);
  }
}

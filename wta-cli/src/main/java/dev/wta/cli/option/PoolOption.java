package dev.wta.cli.option;

import java.util.Map;
import picocli.CommandLine.Option;

/** The option of commands that encode with a model of feature maps. */
public final class PoolOption {
  @Option(
      names = "--pool",
      paramLabel = "WINDOW/STRIDE",
      description =
          "Max-pool the feature maps with this window and stride, such as 11/6, instead of the"
              + " run's; none leaves them unpooled.")
  String pool;

  /** The settings of a run's encoder that it changes. */
  public Map<String, Object> changed() {
    return pool == null ? Map.of() : Map.of("pool", pool);
  }
}

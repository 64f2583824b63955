package dev.wta.cli.job;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A run whose model is wanted.
 *
 * @param path of its folder
 * @param pool how feature maps are pooled, where not as the run says
 */
public record RunToRead(Path path, Optional<String> pool) {

  /** The run as it was trained. */
  public static RunToRead of(Path path) {
    return new RunToRead(path, Optional.empty());
  }

  /** The model's settings that differ from the run's. */
  public Map<String, Object> changed() {
    return pool.<Map<String, Object>>map(text -> Map.of("pool", text)).orElse(Map.of());
  }
}

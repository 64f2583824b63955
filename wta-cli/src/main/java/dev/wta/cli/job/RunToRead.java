package dev.wta.cli.job;

import dev.wta.models.run.RunDirectory;
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

  private static final String POOL = "pool";

  /** The run as it was trained. */
  public static RunToRead of(Path path) {
    return new RunToRead(path, Optional.empty());
  }

  /** The run with its feature maps whole, if it has any: to see where in a picture they answer. */
  public static RunToRead unpooled(Path path) {
    boolean pools = RunDirectory.open(path).config().model().containsKey(POOL);
    return new RunToRead(path, pools ? Optional.of("none") : Optional.empty());
  }

  /** The model's settings that differ from the run's. */
  public Map<String, Object> changed() {
    return pool.<Map<String, Object>>map(text -> Map.of(POOL, text)).orElse(Map.of());
  }
}

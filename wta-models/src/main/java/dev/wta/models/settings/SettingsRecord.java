package dev.wta.models.settings;

import dev.wta.api.WtaException;
import java.util.Map;

/**
 * A record of settings: the same object in a program, in configurations and in a run's {@code
 * config.json}. Each component carries {@link Setting}, or is a record of such components, whose
 * keys are written beside the others.
 *
 * <pre>{@code
 * public record Settings(@Setting(help = "winners of a sample", min = 1, max = 1 << 20) int k)
 *     implements SettingsRecord<Settings> {
 *   public static final Settings DEFAULTS = new Settings(32);
 *
 *   public Settings k(int winners) {
 *     return with("k", winners);
 *   }
 * }
 * }</pre>
 *
 * @param <S> the record
 */
public interface SettingsRecord<S extends Record & SettingsRecord<S>> {

  /**
   * A copy with another value of one setting.
   *
   * @param value of the component's type
   * @throws IllegalArgumentException if there is no such key, or the value is out of range
   */
  default S with(String key, Object value) {
    return spec().with(self(), key, value);
  }

  /** All settings by key, as JSON and YAML have them, in their order. */
  default Map<String, Object> toMap() {
    return spec().toMap(self());
  }

  /**
   * Checks a number against what else is configured.
   *
   * @param most the largest value that means something
   * @param why what limits it: {@code the model has 30 latents}
   * @throws WtaException if the setting's value is more, naming both
   */
  default void requireAtMost(String key, int most, String why) {
    if ((Integer) spec().value(self(), key) > most) {
      throw new WtaException(
          "'%s' is %d, and %s".formatted(key, (Integer) spec().value(self(), key), why),
          "set %s to at most %d".formatted(key, most));
    }
  }

  private SettingsSpec<S> spec() {
    return SettingsSpec.of(self());
  }

  @SuppressWarnings("unchecked") // a record implements this with itself as S
  private S self() {
    return (S) this;
  }
}

package dev.wta.models;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.List;
import java.util.Map;

/**
 * A named set of settings: an architecture of a paper. Whatever a configuration says besides
 * overrides them.
 *
 * @param name that configurations use, such as {@code cifar10}
 * @param summary what it is, in one line for help
 * @param settings of the model and of its training, by key, as a configuration gives them
 */
public record Preset(String name, String summary, Map<String, Object> settings) {
  public Preset {
    settings = Map.copyOf(settings);
  }

  /**
   * The preset of that name.
   *
   * @throws WtaException if the family has none
   */
  public static Preset named(String name, ModelFamily family) {
    List<String> names = family.presets().stream().map(Preset::name).toList();
    return family.presets().stream()
        .filter(preset -> preset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new WtaException(
                    "%s has no preset '%s'".formatted(family.name(), name),
                    names.isEmpty()
                        ? "leave out the preset: this model has none"
                        : Spelling.nearest(name, names)
                            .map("did you mean '%s'?"::formatted)
                            .orElse("choose one of " + String.join(", ", names))));
  }
}

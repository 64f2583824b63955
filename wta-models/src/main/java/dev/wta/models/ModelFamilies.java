package dev.wta.models;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/** Finds the kinds of model on the class path. */
public final class ModelFamilies {
  private ModelFamilies() {}

  public static List<ModelFamily> all() {
    return ServiceLoader.load(ModelProvider.class).stream()
        .flatMap(provider -> provider.get().families().stream())
        .toList();
  }

  public static Optional<ModelFamily> find(String name) {
    return all().stream().filter(family -> family.name().equals(name)).findFirst();
  }

  /**
   * The first family that a condition holds for.
   *
   * @param settings whose family it is, for the message
   * @throws WtaException if there is none
   */
  public static ModelFamily of(ModelSettings<?, ?> settings, Predicate<ModelFamily> condition) {
    return all().stream()
        .filter(condition)
        .findFirst()
        .orElseThrow(
            () ->
                new WtaException(
                    "no family of models has the settings " + settings.getClass().getName(),
                    "list it in a ModelProvider, and that in META-INF/services"));
  }

  /**
   * The family of that name.
   *
   * @throws WtaException if there is none
   */
  public static ModelFamily named(String name) {
    return find(name)
        .orElseThrow(
            () -> {
              List<String> names = all().stream().map(ModelFamily::name).toList();
              return new WtaException(
                  "there is no model '%s'".formatted(name),
                  Spelling.nearest(name, names)
                      .map("did you mean '%s'?"::formatted)
                      .orElse("choose one of " + String.join(", ", names)));
            });
  }
}

package dev.wta.data.preprocessing;

import dev.wta.api.NamedCall;
import dev.wta.data.Dataset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * The steps of pre-processing that a jar adds; named in {@code
 * META-INF/services/dev.wta.data.preprocessing.PreprocessingProvider}, one line a jar. A run that
 * was trained with one opens, resumes and encodes wherever the jar is on the class path.
 */
public interface PreprocessingProvider {
  List<Family> families();

  /** A step with its arguments, before it has seen data. */
  @FunctionalInterface
  interface Fitter {
    /**
     * The transformation for samples that have been through {@code before}.
     *
     * @param data the training samples as they are stored
     */
    Preprocessing fit(Dataset data, Preprocessing before);
  }

  /** Restores a transformation from its stored description. */
  @FunctionalInterface
  interface Reader {
    /**
     * The transformation that {@link Preprocessing#describe} and {@link Preprocessing#tensors} were
     * taken from; throws {@link dev.wta.api.WtaException} if something is missing.
     */
    Preprocessing read(Map<String, Object> description, Map<String, float[]> tensors);
  }

  /**
   * A kind of step that a configuration can name.
   *
   * @param name the name before the bracket, lower case, and the {@code kind} of its description
   * @param example of its text for messages, such as {@code log(1)}
   * @param parse takes its arguments; throws {@link IllegalArgumentException} that says which is
   *     wrong
   * @param reader makes it again
   */
  record Family(String name, String example, Function<NamedCall, Fitter> parse, Reader reader) {}

  /** All that jars on the class path add. */
  static List<Family> all() {
    return ServiceLoader.load(PreprocessingProvider.class).stream()
        .flatMap(provider -> provider.get().families().stream())
        .toList();
  }

  /** The one of that name, if there is one. */
  static Optional<Family> find(String name) {
    return all().stream().filter(family -> family.name().equals(name)).findFirst();
  }
}

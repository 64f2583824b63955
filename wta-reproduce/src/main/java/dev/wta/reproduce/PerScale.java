package dev.wta.reproduce;

/** A value for each scale. */
public record PerScale<T>(T smoke, T small, T full) {
  /** The same at every scale. */
  public static <T> PerScale<T> same(T value) {
    return new PerScale<>(value, value, value);
  }

  public T at(ExperimentScale scale) {
    return switch (scale) {
      case SMOKE -> smoke;
      case SMALL -> small;
      case FULL -> full;
    };
  }
}

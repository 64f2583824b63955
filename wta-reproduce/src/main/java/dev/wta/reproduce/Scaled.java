package dev.wta.reproduce;

/** A value for each scale. */
public record Scaled<T>(T smoke, T small, T full) {
  /** The same at every scale. */
  public static <T> Scaled<T> same(T value) {
    return new Scaled<>(value, value, value);
  }

  public T at(Scale scale) {
    return switch (scale) {
      case SMOKE -> smoke;
      case SMALL -> small;
      case FULL -> full;
    };
  }
}

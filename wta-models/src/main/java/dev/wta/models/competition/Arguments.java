package dev.wta.models.competition;

import java.util.List;

/** Reads the arguments of a competition's text. */
public final class Arguments {
  private Arguments() {}

  /** Refuses any argument. */
  public static void none(List<Double> arguments) {
    if (!arguments.isEmpty()) {
      throw new IllegalArgumentException("it takes no argument");
    }
  }

  /** The one argument. */
  public static double real(List<Double> arguments) {
    if (arguments.size() != 1) {
      throw new IllegalArgumentException("it takes one argument, not " + arguments.size());
    }
    return arguments.getFirst();
  }

  /** The one argument, which must be a whole number. */
  public static int whole(List<Double> arguments) {
    double value = real(arguments);
    if (value != (int) value) {
      throw new IllegalArgumentException("it takes a whole number, not " + value);
    }
    return (int) value;
  }
}

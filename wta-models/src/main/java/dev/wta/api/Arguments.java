package dev.wta.api;

import dev.wta.api.tensor.Shape;
import dev.wta.models.competition.Competition;
import java.util.List;

/** Reads the arguments of a competition's text, and checks them. */
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

  /**
   * Refuses a competition for more activations of a sample than there are.
   *
   * @param k the activations that a sample keeps
   * @throws WtaException that names the competition and the number of activations
   */
  public static void requireAtMost(int k, Shape code, Competition competition) {
    if (k > code.rowSize()) {
      throw new WtaException(
          "'competition' is %s, and a sample's code has %,d units"
              .formatted(competition.text(), code.rowSize()),
          "keep at most so many, or give the model more units");
    }
  }
}

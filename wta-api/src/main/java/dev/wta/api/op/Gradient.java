package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of a weight matrix, dense or as a product of factors. A factored gradient stays so
 * until {@link Update} reads it: a step then reads and writes each parameter once, and never a
 * gradient of the parameter's size.
 */
public sealed interface Gradient {

  /** A dense gradient, of the parameter's shape. */
  record Dense(Tensor values) implements Gradient {}

  /**
   * A sum of terms, each winners times a dense batch. Tied weights have two terms: the decoder's
   * and the encoder's.
   */
  record Factored(List<Term> terms) implements Gradient {
    public Factored {
      terms = List.copyOf(terms);
      if (terms.isEmpty()) {
        throw new IllegalArgumentException("a factored gradient needs a term");
      }
    }
  }

  /**
   * {@code gradient[u, :] += sum over the winners w of unit u of coefficient[w] * batch[sample(w),
   * :]}; with a window, {@code batch[sample(w)]} is read through the window at the winner's
   * position (zero outside the image).
   *
   * @param winners which samples (and positions) each unit's row sums over
   * @param coefficients {@code (capacity)}: the winners' values for a decoder (with the output's
   *     error as the batch), the code's gradient for an encoder (with the input as the batch)
   * @param batch {@code (samples, inputs)}, or {@code (samples, channels, height, width)} with a
   *     window
   * @param window for feature maps; empty for fully-connected layers
   */
  record Term(Winners winners, Tensor coefficients, Tensor batch, Optional<Window> window) {
    public static Term of(Winners winners, Tensor coefficients, Tensor batch) {
      return new Term(winners, coefficients, batch, Optional.empty());
    }

    public static Term of(Winners winners, Tensor coefficients, Tensor batch, Window window) {
      return new Term(winners, coefficients, batch, Optional.of(window));
    }
  }

  static Gradient dense(Tensor values) {
    return new Dense(values);
  }

  static Gradient factored(Term... terms) {
    return new Factored(List.of(terms));
  }
}

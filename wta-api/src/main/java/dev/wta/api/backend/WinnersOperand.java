package dev.wta.api.backend;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/**
 * The winners of one operation, and what can be asked of them and of the tensors that go with them:
 * {@link Operand}'s other half.
 */
record WinnersOperand(String operation, Winners winners) {

  /** Winners that can be used at all. */
  static WinnersOperand open(String operation, Winners winners) {
    if (!winners.isOpen()) {
      throw new IllegalStateException(
          "%s: winners (%s) are closed".formatted(operation, winners.code()));
    }
    return new WinnersOperand(operation, winners);
  }

  /** As many coefficients as the winners have capacity. */
  Operand coefficients(Tensor coefficients) {
    Operand slots = Operand.open(operation, "coefficients", coefficients);
    if (coefficients.size() != winners.capacity()) {
      throw new IllegalArgumentException(
          "%s: coefficients (%s) should have the capacity of the winners, %d of %s"
              .formatted(operation, coefficients.shape(), winners.capacity(), winners.code()));
    }
    return slots;
  }

  /** A dense code of the winners' own shape. */
  void sameCode(String name, Tensor code) {
    Operand.open(operation, name, code);
    if (!code.shape().equals(winners.code())) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have the shape of the winners' code (%s)"
              .formatted(operation, name, code.shape(), winners.code()));
    }
  }

  /** Room for what {@code rule} leaves, and a rule that suits the code. */
  void holds(SelectionRule rule) {
    suits(operation, rule, winners.code());
    int capacity = rule.capacity(winners.code());
    if (winners.capacity() < capacity) {
      throw new IllegalArgumentException(
          "%s: winners of capacity %d do not hold the %d that %s leaves of the code %s"
              .formatted(operation, winners.capacity(), capacity, rule, winners.code()));
    }
  }

  /** Room for so many winners of that code. */
  void holds(Shape code, int capacity) {
    if (!winners.code().equals(code) || winners.capacity() < capacity) {
      throw new IllegalArgumentException(
          "%s: winners of the code %s and capacity %d do not hold %d of the code %s"
              .formatted(operation, winners.code(), winners.capacity(), capacity, code));
    }
  }

  /** A rule that suits a code. */
  static void suits(String operation, SelectionRule rule, Shape code) {
    switch (rule) {
      case SelectionRule.Then(SelectionRule first, SelectionRule second) -> {
        suits(operation, first, code);
        suits(operation, second, code);
      }
      case SelectionRule.Spatial() -> axes(operation, " by spatial sparsity", code, 4);
      case SelectionRule.Above(Tensor thresholds) -> {
        Operand.open(operation, "thresholds", thresholds);
        if (thresholds.size() != code.extent(1)) {
          throw new IllegalArgumentException(
              "%s: thresholds (%s) should have an element for each unit of the code (%s)"
                  .formatted(operation, thresholds.shape(), code));
        }
      }
      case SelectionRule.Lifetime _, SelectionRule.PerSample _, SelectionRule.Global _ -> {}
    }
  }

  /** Winners in canonical order, each once, inside the code and no more of them than fit. */
  void fits(WinnerList list) {
    if (list.count() > winners.capacity()) {
      throw new IllegalArgumentException(
          "%s: %d winners do not fit the capacity of %d"
              .formatted(operation, list.count(), winners.capacity()));
    }
    for (int w = 0; w < list.count(); w++) {
      if (outside(list.samples()[w], winners.samples())
          || outside(list.units()[w], winners.units())
          || outside(list.positions()[w], winners.positions())) {
        throw misplaced(list, w, "lies outside the code (%s)".formatted(winners.code()));
      }
      if (w > 0 && !list.ascendsAt(w)) {
        throw misplaced(list, w, "is not in canonical order");
      }
    }
  }

  /** Room for any of some winners, and other winners than these. */
  void copies(Winners source) {
    copies(source, source.capacity());
  }

  /** Room for {@code count} of some winners, and other winners than these. */
  void copies(Winners source, int count) {
    holds(source.code(), count);
    apart(source);
  }

  @SuppressWarnings("ReferenceEquality") // the same memory
  private void apart(Winners source) {
    if (source == winners) {
      throw new IllegalArgumentException(
          "%s: winners (%s) cannot be copied to themselves".formatted(operation, winners.code()));
    }
  }

  /** Room for winners of some of the units: those that {@code units} names. */
  void spreads(Winners source, int[] units) {
    apart(source);
    if (source.samples() != winners.samples()
        || source.positions() != winners.positions()
        || source.capacity() > winners.capacity()) {
      throw new IllegalArgumentException(
          "%s: winners of the code %s and capacity %d cannot hold those of %s and capacity %d"
              .formatted(
                  operation, winners.code(), winners.capacity(), source.code(), source.capacity()));
    }
    if (units.length > source.units()) {
      throw new IllegalArgumentException(
          "%s: %d units are named, and the source's code is %s"
              .formatted(operation, units.length, source.code()));
    }
    for (int u = 0; u < units.length; u++) {
      if (outside(units[u], winners.units()) || u > 0 && units[u] <= units[u - 1]) {
        throw new IllegalArgumentException(
            "%s: unit %d is not in ascending order, or lies outside the code (%s)"
                .formatted(operation, units[u], winners.code()));
      }
    }
  }

  private static boolean outside(int index, int extent) {
    return index < 0 || index >= extent;
  }

  private IllegalArgumentException misplaced(WinnerList list, int w, String what) {
    return new IllegalArgumentException(
        "%s: winner %d (sample %d, unit %d, position %d) %s"
            .formatted(
                operation, w, list.samples()[w], list.units()[w], list.positions()[w], what));
  }

  /**
   * Weights that go with winners of (samples, units, ...) and a batch of as many samples, both of
   * one width or, with a window, of as many channels.
   */
  Operand weights(String batchName, Tensor batch, Tensor weights, Optional<Window> window) {
    if (window.isPresent()) {
      Operand pixels = images(batchName, batch, window.get());
      Operand filters = Operand.open(operation, "weights", weights).rank(4).window(window.get());
      rowsOf(filters, winners.units());
      return filters.extent(1, batch.shape().extent(1), "channels", pixels);
    }
    code("", 2);
    Operand dense = Operand.open(operation, batchName, batch);
    Operand matrix = Operand.open(operation, "weights", weights);
    rowsOf(dense, winners.samples());
    rowsOf(matrix, winners.units());
    return matrix.rowSize(batch.shape().rowSize(), dense);
  }

  private Operand images(String name, Tensor images, Window window) {
    code("", 4);
    Operand pixels = Operand.open(operation, name, images).rank(4);
    rowsOf(pixels, winners.samples());
    int height = window.mapHeight(images.shape().extent(2));
    int width = window.mapWidth(images.shape().extent(3));
    if (winners.code().extent(2) != height || winners.code().extent(3) != width) {
      throw new IllegalArgumentException(
          "%s: %s (%s) under a window of %dx%d, padding %d, have maps of %dx%d, the winners' code is %s"
              .formatted(
                  operation,
                  name,
                  images.shape(),
                  window.height(),
                  window.width(),
                  window.padding(),
                  height,
                  width,
                  winners.code()));
    }
    return pixels;
  }

  private void code(String by, int rank) {
    axes(operation, by, winners.code(), rank);
  }

  private static void axes(String operation, String by, Shape code, int rank) {
    if (code.rank() != rank) {
      throw new IllegalArgumentException(
          "%s%s: winners are of the code %s, which should have %d axes"
              .formatted(operation, by, code, rank));
    }
  }

  private void rowsOf(Operand operand, int wanted) {
    if (operand.shape().rows() != wanted) {
      throw new IllegalArgumentException(
          "%s: %s (%s) should have %d rows to go with winners of the code %s"
              .formatted(operation, operand.name(), operand.shape(), wanted, winners.code()));
    }
  }

  /** A gradient that goes with a parameter {@code target}. */
  static void gradient(Gradient gradient, Operand target) {
    switch (gradient) {
      case Gradient.Dense(Tensor values) ->
          Operand.open(target.operation(), "gradient", values).like(target).apartFrom(target);
      case Gradient.Factored factored -> {
        for (Gradient.Term term : factored.terms()) {
          open(target.operation(), term.winners()).term(term, target);
        }
      }
    }
  }

  private void term(Gradient.Term term, Operand target) {
    coefficients(term.coefficients());
    rowsOf(target, winners.units());
    if (term.window().isEmpty()) {
      code("", 2);
      Operand batch = Operand.open(operation, "the gradient's batch", term.batch());
      rowsOf(batch, winners.samples());
      target.rowSize(term.batch().shape().rowSize(), batch);
    } else {
      Window window = term.window().get();
      Operand batch = images("the gradient's batch", term.batch(), window);
      int channels = term.batch().shape().extent(1);
      target.rowSize(Math.toIntExact((long) channels * window.height() * window.width()), batch);
    }
  }
}

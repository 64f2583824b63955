package dev.wta.api.contract.fuzz;

import java.util.List;
import java.util.stream.Stream;

/**
 * An operation to try, and how often beside the others.
 *
 * @param body makes random operands, runs the operation on every side and compares
 */
record Operation(String name, int weight, Body body) {

  /** A case of the operation. */
  @FunctionalInterface
  interface Body {
    void run(Trial trial);
  }

  static Operation of(String name, Body body) {
    return new Operation(name, 1, body);
  }

  /** All operations, each as often as its weight. */
  static List<Operation> all() {
    return Stream.of(
            MemoryCases.all(),
            ElementwiseCases.all(),
            DenseCases.all(),
            ConvolutionCases.all(),
            SelectionCases.all(),
            SparseCases.all(),
            UpdateCases.all(),
            RandomnessCases.all())
        .flatMap(List::stream)
        .flatMap(operation -> Stream.generate(() -> operation).limit(operation.weight()))
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}

package dev.wta.api.contract.support;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One call of one operation with arguments that go together, so that a check can put a wrong one in
 * any place.
 *
 * @param operation what messages must name
 * @param shapes of the tensors, in the order that {@code body} takes them
 * @param code of the winners, where the operation has any
 */
public record Invocation(String operation, List<Shape> shapes, Optional<Shape> code, Body body) {
  /** Room for the winners of every invocation, and the length of their coefficients. */
  public static final int CAPACITY = 12;

  /** Makes the call. */
  public interface Body {
    void call(Backend backend, List<Tensor> tensors, Winners winners);
  }

  static Invocation of(String operation, Body body, Shape... shapes) {
    return new Invocation(operation, List.of(shapes), Optional.empty(), body);
  }

  static Invocation withWinners(String operation, Shape code, Body body, Shape... shapes) {
    return new Invocation(operation, List.of(shapes), Optional.of(code), body);
  }

  /** The right tensors, all zero. */
  public List<Tensor> tensors(Backend backend) {
    List<Tensor> tensors = new ArrayList<>();
    shapes.forEach(shape -> tensors.add(backend.memory().allocate(shape)));
    return tensors;
  }

  /** The right winners; none where the operation has none. */
  public Winners winners(Backend backend) {
    return code.map(shape -> backend.memory().allocateWinners(shape, CAPACITY)).orElse(null);
  }

  /** {@code tensors}, with another one as the {@code index}-th. */
  public static List<Tensor> with(List<Tensor> tensors, int index, Tensor replacement) {
    List<Tensor> changed = new ArrayList<>(tensors);
    changed.set(index, replacement);
    return changed;
  }

  @Override
  public String toString() {
    return operation + " " + shapes;
  }
}

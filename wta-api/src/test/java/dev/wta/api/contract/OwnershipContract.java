package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.Invocation;
import dev.wta.api.contract.support.Invocations;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A backend takes its own operands and no other's, which it alone can tell apart. */
public interface OwnershipContract extends Contract {

  @TestFactory
  default Stream<DynamicTest> operandsThatGoTogetherAreAccepted() {
    return Invocations.tests(
        () -> bench().tested(),
        (invocation, tensors, winners) ->
            assertThatCode(() -> call(invocation, tensors, winners)).doesNotThrowAnyException());
  }

  @TestFactory
  default Stream<DynamicTest> anotherBackendsOperandsAreRefused() {
    return Invocations.tests(
        () -> bench().tested(),
        (invocation, tensors, winners) -> {
          assertForeignRefused(invocation, tensors, winners, bench().reference());
          try (Backend other = openBackend(1)) {
            assertForeignRefused(invocation, tensors, winners, other);
          }
        });
  }

  private void assertForeignRefused(
      Invocation invocation, List<Tensor> tensors, Winners winners, Backend other) {
    for (int i = 0; i < tensors.size(); i++) {
      int operand = i;
      try (Tensor foreign = other.memory().allocate(invocation.shapes().get(i))) {
        assertThatIllegalArgumentException()
            .as("operand %d of backend %s", i, other.name())
            .isThrownBy(
                () -> call(invocation, Invocation.with(tensors, operand, foreign), winners));
      }
    }
    if (winners != null) {
      try (Winners foreign = invocation.winners(other)) {
        assertThatIllegalArgumentException()
            .as("winners of backend %s", other.name())
            .isThrownBy(() -> call(invocation, tensors, foreign));
      }
    }
  }

  @Test
  default void anotherBackendsSingleOperandsAreRefusedAsWell() {
    Backend backend = bench().tested();
    Memory memory = backend.memory();
    try (Tensor foreign = bench().reference().memory().allocate(Shape.of(2, 2))) {
      assertThatIllegalArgumentException().isThrownBy(() -> memory.fill(foreign, 1));
      assertThatIllegalArgumentException().isThrownBy(() -> memory.download(foreign));
      assertThatIllegalArgumentException().isThrownBy(() -> backend.dense().sum(foreign));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> backend.dense().map(Unary.RELU, foreign, foreign));
    }
  }

  private void call(Invocation invocation, List<Tensor> tensors, Winners winners) {
    invocation.body().call(bench().tested(), tensors, winners);
  }
}

package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import org.junit.jupiter.api.Test;

/** Tensors, winners and the backend after they are closed. */
public interface LifetimeContract extends Contract {

  @Test
  default void backendsSayWhatTheyAre() {
    assertThat(bench().tested().name()).matches("[a-z][a-z0-9-]*");
    assertThat(bench().tested().device()).isNotBlank();
  }

  @Test
  default void closingATensorClosesItsViews() {
    Memory memory = bench().tested().memory();
    Tensor tensor = memory.allocate(Shape.of(4, 3));
    Tensor rows = tensor.rows(1, 2);
    Tensor flat = rows.reshape(Shape.of(6));
    assertThat(tensor.isOpen()).isTrue();
    assertThat(flat.isOpen()).isTrue();
    tensor.close();
    tensor.close();
    assertThat(tensor.isOpen()).isFalse();
    assertThat(rows.isOpen()).isFalse();
    assertThat(flat.isOpen()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> memory.download(flat));
    assertThatIllegalStateException().isThrownBy(() -> memory.fill(tensor, 1));
    assertThatIllegalStateException().isThrownBy(() -> tensor.rows(0, 1));
    assertThatIllegalStateException().isThrownBy(() -> rows.reshape(Shape.of(6)));
  }

  @Test
  default void closingAViewClosesNothing() {
    Memory memory = bench().tested().memory();
    try (Tensor tensor = memory.of(Shape.of(2, 2), 1, 2, 3, 4)) {
      Tensor view = tensor.rows(1, 1);
      view.close();
      assertThat(view.isOpen()).isTrue();
      assertThat(tensor.isOpen()).isTrue();
      assertThat(memory.download(view)).containsExactly(3, 4);
    }
  }

  @Test
  default void closedMemoryIsNotGivenToTwo() {
    Memory memory = bench().tested().memory();
    Tensor first = memory.allocate(Shape.of(64));
    first.close();
    first.close(); // must not return its memory a second time
    try (Tensor second = memory.allocate(Shape.of(64));
        Tensor third = memory.allocate(Shape.of(64))) {
      memory.fill(second, 2);
      memory.fill(third, 3);
      assertThat(memory.download(second)).containsOnly(2);
    }
  }

  @Test
  default void closingWinnersClosesTheirValues() {
    Memory memory = bench().tested().memory();
    Winners winners = memory.allocateWinners(Shape.of(3, 4), 5);
    Tensor values = winners.values();
    values.close();
    assertThat(values.isOpen()).as("values are a view").isTrue();
    assertThat(winners.isOpen()).isTrue();
    winners.close();
    winners.close();
    assertThat(winners.isOpen()).isFalse();
    assertThat(values.isOpen()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> memory.download(values));
    try (Tensor coefficients = memory.allocate(Shape.of(5))) {
      assertThatIllegalStateException().isThrownBy(() -> memory.download(winners, coefficients));
    }
  }

  @Test
  default void closingABackendFreesWhatItHolds() {
    Backend backend = openBackend(2);
    Tensor tensor = backend.memory().of(Shape.of(3), -1, 0, 1);
    Tensor view = tensor.rows(1, 2);
    Winners winners = backend.memory().allocateWinners(Shape.of(1, 3), 3);
    backend.dense().map(Unary.RELU, tensor, tensor);
    backend.close();
    backend.close();
    assertThat(tensor.isOpen()).isFalse();
    assertThat(view.isOpen()).isFalse();
    assertThat(winners.isOpen()).isFalse();
    tensor.close();
    winners.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.dense().map(Unary.RELU, tensor, tensor));
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                backend
                    .selection()
                    .select(
                        tensor.reshape(Shape.of(1, 3)), new SelectionRule.PerSample(1), winners));
    assertThatIllegalStateException().isThrownBy(() -> backend.memory().allocate(Shape.of(1)));
    assertThatIllegalStateException()
        .isThrownBy(() -> backend.memory().allocateWinners(Shape.of(1, 1), 1));
  }

  @Test
  default void backendsOfOneKindLiveSideBySide() {
    Backend first = openBackend(1);
    try (Backend second = openBackend(2)) {
      Tensor survivor = second.memory().of(Shape.of(2), 1, 2);
      first.close();
      second.dense().affine(2, survivor, 1, survivor);
      assertThat(second.memory().download(survivor)).containsExactly(3, 5);
    }
  }
}

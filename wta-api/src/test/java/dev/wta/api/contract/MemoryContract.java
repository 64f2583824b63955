package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes into a backend's memory comes out of it, and nothing else changes. */
public interface MemoryContract extends Contract {

  private Memory memory() {
    return bench().tested().memory();
  }

  @ParameterizedTest(name = "{0} zeros")
  @MethodSource("dev.wta.api.contract.support.Sizes#vectors")
  default void newTensorsAreZero(Shape shape) {
    for (int time = 0; time < 2; time++) { // the second may get the first one's memory
      try (Tensor tensor = memory().allocate(shape)) {
        assertThat(tensor.shape()).isEqualTo(shape);
        assertThat(tensor.size()).isEqualTo(shape.size());
        assertThat(memory().download(tensor)).isEqualTo(new float[(int) shape.size()]);
        memory().fill(tensor, Float.NaN);
      }
    }
  }

  @ParameterizedTest(name = "{0} numbers there and back")
  @MethodSource("dev.wta.api.contract.support.Sizes#vectors")
  default void uploadsAndDownloadsAtOffsets(Shape shape) {
    int size = (int) shape.size();
    float[] source = new RandomValues(180).normal(Shape.of(size + 12));
    Twin twin = bench().output(shape);
    bench().run(s -> s.backend().memory().upload(source, 5, s.of(twin)));
    float[] target = new float[size + 10];
    Arrays.fill(target, -7);
    memory().download(twin.on(Side.Kind.TESTED), target, 3);
    float[] expected = new float[size + 10];
    Arrays.fill(expected, -7);
    System.arraycopy(source, 5, expected, 3, size);
    assertThat(target).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} copied and filled")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void copiesAndFills(Shape shape) {
    float[] values = new RandomValues(181).normal(shape);
    new RandomValues(182).sprinkle(values, Float.NaN, 0.1);
    Twin source = bench().input(shape, values);
    Twin copy = bench().output(Shape.of((int) shape.size()));
    Twin filled = bench().output(shape);
    bench()
        .run(
            s -> {
              s.backend().memory().copy(s.of(source), s.of(copy));
              s.backend().memory().fill(s.of(filled), -2.5f);
              s.backend().memory().synchronise();
            });
    bench().assertExact(copy);
    bench().assertExact(filled);
  }

  @Test
  default void viewsShareTheirParentsElements() {
    try (Tensor whole = memory().allocate(Shape.of(4, 2, 3))) {
      memory().upload(new RandomValues(183).whole(Shape.of(24), 0, 99), 0, whole);
      Tensor middle = whole.rows(1, 2);
      assertThat(middle.shape()).isEqualTo(Shape.of(2, 2, 3));
      Tensor flat = middle.reshape(Shape.of(12));
      Tensor last = flat.rows(9, 3);
      memory().fill(last, -1);
      float[] all = memory().download(whole);
      assertThat(Arrays.copyOfRange(all, 15, 18)).containsOnly(-1);
      assertThat(memory().download(middle)).isEqualTo(Arrays.copyOfRange(all, 6, 18));
      assertThat(memory().download(whole.rows(4, 0))).isEmpty();
      assertThat(memory().download(whole.reshape(Shape.of(3, 8)))).isEqualTo(all);
    }
  }

  @Test
  default void viewsLieInsideTheirParent() {
    try (Tensor whole = memory().allocate(Shape.of(4, 3))) {
      assertThatThrownBy(() -> whole.rows(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> whole.rows(3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> whole.rows(1, -1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> whole.rows(1, Integer.MAX_VALUE))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> whole.rows(1, 2).rows(1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> whole.reshape(Shape.of(13)))
          .withMessageContaining("4x3")
          .withMessageContaining("13");
    }
  }

  @Test
  default void winnersComeBackInCanonicalOrder() {
    WinnerList list =
        new WinnerList(
            new int[] {2, 0, 0, 1, 1},
            new int[] {0, 1, 1, 1, 3},
            new int[] {5, 0, 4, 2, 1},
            new float[] {1, -2, 0, 4, Float.MIN_NORMAL});
    try (Winners winners = memory().allocateWinners(Shape.of(3, 4, 2, 3), 6)) {
      assertThat(winners.count()).isZero();
      assertThat(winners.capacity()).isEqualTo(6);
      assertThat(winners.code()).isEqualTo(Shape.of(3, 4, 2, 3));
      assertThat(winners.values().shape()).isEqualTo(Shape.of(6));
      memory().upload(list, winners);
      WinnerList back = memory().download(winners);
      assertThat(back.samples()).isEqualTo(list.samples());
      assertThat(back.units()).isEqualTo(list.units());
      assertThat(back.positions()).isEqualTo(list.positions());
      assertThat(back.values()).isEqualTo(list.values());
      assertThat(winners.count()).isEqualTo(5);
      assertThat(winners.nanCount()).isZero();
      memory().upload(new WinnerList(new int[0], new int[0], new int[0], new float[0]), winners);
      assertThat(winners.count()).isZero();
      assertThat(memory().download(winners).count()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  default void winnersSpreadToTheUnitsThatAreNamed(int spare) {
    WinnerList list =
        new WinnerList(
            new int[] {2, 0, 0, 1},
            new int[] {0, 1, 1, 2},
            new int[] {5, 0, 4, 1},
            new float[] {1, 2, 3, 4});
    try (Winners some = memory().allocateWinners(Shape.of(3, 4, 2, 3), 5);
        Tensor coefficients = memory().of(Shape.of(5), -1, 0, 7, Float.MIN_NORMAL, 0);
        Winners all = memory().allocateWinners(Shape.of(3, 9, 2, 3), 5 + spare)) {
      memory().upload(list, some);
      WinnerList theirs = memory().download(some, coefficients);
      memory().spread(some, coefficients, new int[] {1, 4, 8}, all);
      WinnerList back = memory().download(all);
      assertThat(back.samples()).isEqualTo(list.samples());
      assertThat(back.units()).containsExactly(1, 4, 4, 8);
      assertThat(back.positions()).isEqualTo(list.positions());
      assertThat(back.values()).isEqualTo(theirs.values());
      assertThat(all.count()).isEqualTo(4);
      float[] slots = memory().download(all.values());
      assertThat(Arrays.copyOfRange(slots, 4, 5 + spare)).containsOnly(0);
      memory().upload(new WinnerList(new int[0], new int[0], new int[0], new float[0]), some);
      memory().spread(some, coefficients, new int[0], all);
      assertThat(memory().download(all).count()).isZero();
    }
  }

  @Test
  default void winnersValuesAreCoefficientsLikeAnyOther() {
    Shape code = Shape.of(13, 7);
    SelectionRule rule = new SelectionRule.Lifetime(2);
    Twin activations = bench().input(code, new RandomValues(184).uniform(code, 1, 2));
    TwinWinners winners = bench().winners(code, rule);
    bench()
        .run(
            s -> {
              s.backend().selection().select(s.of(activations), rule, s.of(winners));
              Tensor values = s.of(winners).values();
              s.backend().dense().affine(2, values, 0, values);
            });
    bench().assertSameWinners(winners);
  }
}

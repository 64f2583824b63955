package dev.wta.api.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import org.junit.jupiter.api.Test;

class ShapeTest {

  @Test
  void countsRowsAndElements() {
    Shape shape = Shape.of(2, 3, 4);
    assertThat(shape.rank()).isEqualTo(3);
    assertThat(shape.size()).isEqualTo(24);
    assertThat(shape.rows()).isEqualTo(2);
    assertThat(shape.rowSize()).isEqualTo(12);
    assertThat(shape.extent(2)).isEqualTo(4);
    assertThat(shape).hasToString("2x3x4");
  }

  @Test
  void aVectorsRowsAreItsElements() {
    Shape vector = Shape.of(7);
    assertThat(vector.rows()).isEqualTo(7);
    assertThat(vector.rowSize()).isEqualTo(1);
    assertThat(vector.row()).isEqualTo(Shape.of());
  }

  @Test
  void noAxesMakeASingleNumber() {
    Shape scalar = Shape.of();
    assertThat(scalar.size()).isEqualTo(1);
    assertThat(scalar.rows()).isEqualTo(1);
    assertThat(scalar.rowSize()).isEqualTo(1);
    assertThat(scalar.row()).isEqualTo(scalar);
    assertThat(scalar).hasToString("scalar");
  }

  @Test
  void emptyBatchesAreLegal() {
    Shape empty = Shape.of(0, 784);
    assertThat(empty.size()).isZero();
    assertThat(empty.rowSize()).isEqualTo(784);
  }

  @Test
  void rowsAndBatchesAreMadeOfOneAnother() {
    Shape image = Shape.of(1, 28, 28);
    assertThat(image.batch(100)).isEqualTo(Shape.of(100, 1, 28, 28));
    assertThat(image.batch(100).row()).isEqualTo(image);
    assertThat(image.batch(100).withRows(7)).isEqualTo(Shape.of(7, 1, 28, 28));
    assertThat(Shape.of().withRows(3)).isEqualTo(Shape.of(3));
  }

  @Test
  void sizesOverTheIntegersAreCounted() {
    assertThat(Shape.of(1 << 20, 1 << 20).size()).isEqualTo(1L << 40);
  }

  @Test
  void impossibleShapesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Shape.of(2, -1))
        .withMessageContaining("[2, -1]");
    assertThatThrownBy(() -> Shape.of(1 << 30, 1 << 30, 1 << 30))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("more than a Java array holds");
  }

  @Test
  void shapesAreValues() {
    int[] extents = {2, 3};
    Shape shape = Shape.of(extents);
    extents[0] = 9;
    shape.extents()[1] = 9;
    assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
    assertThat(shape).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo(Shape.of(2, 3, 1));
  }

  /** No number of samples makes a row shorter. */
  @Test
  void refusesRowsThatAnIntCannotCount() {
    for (Shape empty :
        new Shape[] {Shape.of(0, 1 << 20, 1 << 20, 1 << 24), Shape.of(3, 1 << 30, 2)}) {
      assertThatThrownBy(empty::rowSize)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("more than a Java array holds");
    }
  }
}

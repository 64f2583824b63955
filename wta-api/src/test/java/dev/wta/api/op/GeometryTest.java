package dev.wta.api.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The extents that windows and pools make. */
class GeometryTest {

  @Test
  void sameWindowsKeepTheSize() {
    Window window = Window.same(11);
    assertThat(window).isEqualTo(new Window(11, 11, 5));
    assertThat(window.mapHeight(28)).isEqualTo(28);
    assertThat(window.mapWidth(3)).isEqualTo(3);
    assertThatIllegalArgumentException().isThrownBy(() -> Window.same(4));
  }

  @Test
  void otherWindowsChangeIt() {
    Window window = new Window(5, 3, 1);
    assertThat(window.mapHeight(28)).isEqualTo(26);
    assertThat(window.mapWidth(28)).isEqualTo(28);
    assertThatIllegalArgumentException().isThrownBy(() -> new Window(0, 3, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Window(3, 3, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Window(5, 3, 3));
  }

  /** The papers' pools: 28 by 5/3 is 10, 10 by 3/2 is 5, 28 by 11/6 is 5. */
  @ParameterizedTest
  @CsvSource({
    "28, 5, 3, 10",
    "10, 3, 2, 5",
    "28, 11, 6, 5",
    "32, 6, 4, 8",
    "1, 3, 2, 1",
    "0, 3, 2, 0"
  })
  void poolsAreCutAtTheBorder(int extent, int size, int stride, int expected) {
    assertThat(new Pool(size, stride).outputExtent(extent)).isEqualTo(expected);
  }

  @Test
  void poolsHaveASizeAndAStride() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Pool(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Pool(1, 0));
  }
}

package dev.wta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import org.junit.jupiter.api.Test;

class LabelGapsTest {
  @Test
  void largeGapsAreRefused() {
    assertThatThrownBy(() -> LabelGaps.refuse(new int[] {0, 1, 1}, new int[] {9999}))
        .isInstanceOf(WtaException.class)
        .hasMessageContainingAll("reach to 9,999", "only 3 classes");
  }

  @Test
  void smallOnesAreNone() {
    LabelGaps.refuse(new int[] {0, 99});
    int[] everyNinth = new int[112];
    for (int i = 0; i < everyNinth.length; i++) {
      everyNinth[i] = 9 * i;
    }
    LabelGaps.refuse(everyNinth);
  }

  @Test
  void labelsBecomePlacesAmongThoseThatOccur() {
    int[] occurring = LabelGaps.occurring(new int[] {9999, 0}, new int[] {7, 0});
    assertThat(occurring).containsExactly(0, 7, 9999);
    assertThat(LabelGaps.renumbered(new int[] {9999, 7, 7}, occurring)).containsExactly(2, 1, 1);
  }
}

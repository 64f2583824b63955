package dev.wta.data.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CenterTest {
  private static final Shape PAIR = Shape.of(2);

  private static MemoryDataset bytes() {
    return MemoryDataset.of("pairs", PAIR, new byte[] {0, 51, 102, (byte) 255}, new int[] {0, 1});
  }

  @Test
  void samplesAreZeroOnAverageAfterIt() {
    Preprocessing fitted = Preprocessing.fit(List.of("scale", "center"), bytes());
    float[] samples = {0, 51, 102, 255};
    fitted.apply(samples, 2, PAIR);
    assertThat(samples).containsExactly(new float[] {-0.2f, -0.4f, 0.2f, 0.4f}, within(1e-6f));
  }

  @Test
  void itIsTheSameAfterBeingSaved() {
    Preprocessing fitted = Preprocessing.fit(List.of("scale", "center"), bytes());
    assertThat(Preprocessing.of(fitted.describe(), fitted.tensors())).isEqualTo(fitted);
  }

  @Test
  void itRefusesSamplesOfAnotherSize() {
    Preprocessing fitted = Preprocessing.fit(List.of("center"), bytes());
    assertThatThrownBy(() -> fitted.apply(new float[3], 1, Shape.of(3)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("samples of shape 3");
  }

  @Test
  void aDescriptionWithoutItsMeanIsRefused() {
    Preprocessing fitted = Preprocessing.fit(List.of("center"), bytes());
    assertThatThrownBy(() -> Preprocessing.of(fitted.describe()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'mean'");
  }

  @Test
  void aMisspeltStepIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> Preprocessing.requireKnown(List.of("scale", "centre")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("did you mean 'center'?");
  }
}

package dev.wta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RandomPatchesTest {
  private static final int CHANNELS = 2;
  private static final int HEIGHT = 6;
  private static final int WIDTH = 8;
  private static final int PICTURES = 40;
  private static final PatchSize SIZE = new PatchSize(3, 5);
  private static final int PATCH = CHANNELS * 3 * 5;
  private static final Philox PLACES = Seed.of(1).stream("patches", 0);

  /** Pixels whose values say where they are: {@code ((picture, channel, y), x)} in base 10. */
  private static MemoryDataset pictures() {
    float[] pixels = new float[PICTURES * CHANNELS * HEIGHT * WIDTH];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          i / (CHANNELS * HEIGHT * WIDTH) * 1000
              + i / (HEIGHT * WIDTH) % CHANNELS * 100
              + i / WIDTH % HEIGHT * 10
              + i % WIDTH;
    }
    int[] labels = new int[PICTURES];
    for (int i = 0; i < PICTURES; i++) {
      labels[i] = i % 7;
    }
    return MemoryDataset.of("pictures", Shape.of(CHANNELS, HEIGHT, WIDTH), pixels, labels);
  }

  private static float[] read(Dataset data) {
    float[] values = new float[Math.toIntExact(data.size() * data.sampleShape().size())];
    data.read(0, data.size(), values, 0);
    return values;
  }

  @Test
  void everyPatchIsOnePieceOfItsPicture() {
    RandomPatches patches = RandomPatches.of(pictures(), SIZE, 3, PLACES);
    assertThat(patches.size()).isEqualTo(PICTURES * 3);
    assertThat(patches.sampleShape()).isEqualTo(Shape.of(CHANNELS, 3, 5));
    float[] values = read(patches);
    for (int row = 0; row < patches.size(); row++) {
      int corner = (int) values[row * PATCH];
      assertThat(corner / 1000).isEqualTo(row / 3);
      for (int i = 0; i < PATCH; i++) {
        float expected = corner + i / 15 * 100 + i / 5 % 3 * 10 + i % 5;
        assertThat(values[row * PATCH + i]).isEqualTo(expected);
      }
    }
  }

  @Test
  void allPlacesAreAsLikelyAsEachOther() {
    int draws = 4000;
    Map<Integer, Integer> corners = new HashMap<>();
    RandomPatches patches = RandomPatches.of(pictures(), SIZE, draws / PICTURES, PLACES);
    float[] values = read(patches);
    for (int row = 0; row < draws; row++) {
      corners.merge((int) values[row * PATCH] % 100, 1, Integer::sum);
    }
    assertThat(corners).hasSize(4 * 4); // 6 - 3 + 1 rows, 8 - 5 + 1 columns
    assertThat(corners.values()).allMatch(count -> count > 180 && count < 320); // 250 expected
  }

  @Test
  void aPlaceDependsOnTheStreamAndTheRowAlone() {
    RandomPatches patches = RandomPatches.of(pictures(), SIZE, 2, PLACES);
    float[] all = read(patches);
    float[] one = new float[PATCH];
    for (int row = patches.size() - 1; row >= 0; row--) {
      patches.read(row, 1, one, 0);
      assertThat(one).isEqualTo(Arrays.copyOfRange(all, row * PATCH, (row + 1) * PATCH));
    }
    assertThat(read(RandomPatches.of(pictures(), SIZE, 2, PLACES))).isEqualTo(all);
    Philox next = Seed.of(1).stream("patches", 1);
    assertThat(read(RandomPatches.of(pictures(), SIZE, 2, next))).isNotEqualTo(all);
  }

  @Test
  void labelsAreThePictures() {
    int[] labels = RandomPatches.of(pictures(), SIZE, 2, PLACES).labels();
    assertThat(labels).hasSize(2 * PICTURES).startsWith(0, 0, 1, 1, 2, 2);
  }

  @Test
  void whatCannotBeCutIsRefused() {
    assertThatThrownBy(() -> RandomPatches.of(pictures(), new PatchSize(7, 7), 1, PLACES))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the pictures of pictures, 2x6x8, are smaller than a patch of 7x7");
    MemoryDataset flat = MemoryDataset.of("flat", Shape.of(4), new float[8]);
    assertThatThrownBy(() -> RandomPatches.of(flat, SIZE, 1, PLACES))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("the samples of flat have shape 4");
    assertThatThrownBy(() -> RandomPatches.of(pictures(), SIZE, 100_000_000, PLACES))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("too many");
  }

  @Test
  void sizesAreReadFromText() {
    assertThat(PatchSize.parse("48")).isEqualTo(new PatchSize(48, 48));
    assertThat(PatchSize.parse(" 3 x 5 ")).isEqualTo(SIZE).hasToString("3x5");
    for (String text : new String[] {"", "0", "3x", "3x0", "-3", "3x5x7", "large"}) {
      assertThatThrownBy(() -> PatchSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}

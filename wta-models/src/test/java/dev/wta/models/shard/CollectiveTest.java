package dev.wta.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Tape;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectiveTest {
  private static final int WIDTH = 5;

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "2, 2",
    "7, 4",
    "8, 8",
    "2000, 8",
    "24576, 8",
    "32768, 8",
    "32769, 16",
    "1000000, 256",
    "2147483647, 256"
  })
  void blocksFollowFromTheUnits(int units, int expected) {
    Blocks blocks = Blocks.of(units);
    assertThat(blocks.count()).isEqualTo(expected);
    long sum = 0;
    for (int block = 0; block < expected; block++) {
      assertThat(blocks.unitsOf(block)).isBetween(units / expected, units / expected + 1);
      sum += blocks.unitsOf(block);
    }
    assertThat(sum).isEqualTo(units);
  }

  @Test
  void moreRanksThanBlocksAreRefused() {
    assertThatThrownBy(() -> new Collective(LocalRanks.of(9).getFirst(), Blocks.of(2000)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("2,000 units are divided into 8 blocks, and there are 9 ranks");
  }

  /** {@code ((0+1)+(2+3)) + ((4+5)+(6+7))}, each sum rounded. */
  private static float treeSum(float[] ofBlocks, int from, int size) {
    return size == 1
        ? ofBlocks[from]
        : treeSum(ofBlocks, from, size / 2) + treeSum(ofBlocks, from + size / 2, size / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 8})
  void sumsFollowOneTree(int count) {
    for (int samples : new int[] {1, 3, 16}) { // fewer than ranks, and more
      float[][] blocks = new float[8][];
      for (int block = 0; block < 8; block++) {
        blocks[block] = TestData.normal("block " + block, samples * WIDTH);
      }
      List<float[]> sums =
          LocalRanksRunner.onRanks(
              count,
              ranks -> {
                Collective collective = new Collective(ranks, new Blocks(80, 8));
                try (Backend backend = TestBackends.reference();
                    Tape tape = Tape.forward(backend)) {
                  Tensor out = tape.temporary(Shape.of(samples, WIDTH));
                  collective.sum(
                      tape, (block, into) -> backend.memory().upload(blocks[block], 0, into), out);
                  return backend.memory().download(out);
                }
              });
      for (float[] sum : sums) {
        for (int i = 0; i < sum.length; i++) {
          float[] column = new float[8];
          for (int block = 0; block < 8; block++) {
            column[block] = blocks[block][i];
          }
          assertThat(sum[i]).isEqualTo(treeSum(column, 0, 8));
        }
      }
    }
  }

  @Test
  void aDifferenceOfRanksIsReportedOnAllOfThem() {
    List<String> problems =
        LocalRanksRunner.onRanks(
            3,
            ranks -> {
              Collective collective = new Collective(ranks, new Blocks(80, 8));
              try {
                collective.requireSame("the seed", ranks.rank() == 2 ? "5" : "1");
                return "nothing";
              } catch (WtaException refused) {
                return refused.problem();
              }
            });
    assertThat(problems).containsOnly("the seed is 1 on rank 0 and 5 on rank 2");
  }

  @Test
  void aRankThatIsLeftAloneIsInformed() {
    assertThatThrownBy(
            () ->
                LocalRanksRunner.onRanks(
                    2,
                    ranks -> {
                      if (ranks.rank() == 1) {
                        return 0; // ends at once
                      }
                      ByteBuffer[] parts = {ByteBuffer.allocate(1), ByteBuffer.allocate(1)};
                      return ranks.exchange(parts).length;
                    }))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("has ended before the others");
  }
}

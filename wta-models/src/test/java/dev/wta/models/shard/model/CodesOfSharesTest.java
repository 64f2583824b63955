package dev.wta.models.shard.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.api.tensor.WinnerList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodesOfSharesTest {
  private static final int SAMPLES = 9;
  private static final int UNITS = 24;
  private static final int SHARES = 4;

  /** Few values, so that many are equal; some activations are 0 although they compete. */
  @Test
  void theLargestWinAndTiesGoToTheLowerUnitInAnyOrderOfShares() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      float[][] compared = new float[SAMPLES][UNITS];
      for (float[] sample : compared) {
        for (int u = 0; u < UNITS; u++) {
          sample[u] = random.nextInt(4);
        }
      }
      int k = 1 + random.nextInt(8);
      List<Integer> order = new ArrayList<>(IntStream.range(0, SHARES).boxed().toList());
      Collections.shuffle(order, random);
      CodesOfShares codes = new CodesOfShares(SAMPLES, UNITS, OptionalInt.of(k));
      for (int share : order) {
        codes.add(candidates(compared, share));
      }
      SparseCodes found = codes.codes();
      for (int n = 0; n < SAMPLES; n++) {
        float[] sample = compared[n];
        int[] expected =
            IntStream.range(0, UNITS)
                .filter(u -> sample[u] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer u) -> -sample[u]).thenComparing(u -> u))
                .limit(k)
                .filter(u -> activation(sample[u]) != 0)
                .mapToInt(u -> u)
                .sorted()
                .toArray();
        SparseCode code = found.row(n);
        assertThat(code.indices()).isEqualTo(expected);
        for (int i = 0; i < expected.length; i++) {
          assertThat(code.values()[i]).isEqualTo(activation(sample[expected[i]]));
        }
      }
    }
  }

  @Test
  void withoutACompetitionAllAreActive() {
    CodesOfShares codes = new CodesOfShares(1, UNITS, OptionalInt.empty());
    float[][] compared = new float[1][UNITS];
    compared[0][3] = 2;
    compared[0][20] = 3;
    for (int share = SHARES - 1; share >= 0; share--) {
      codes.add(candidates(compared, share));
    }
    assertThat(codes.codes().row(0).indices()).containsExactly(3, 20);
  }

  private static float activation(float compared) {
    return compared - 1;
  }

  /** In canonical order: by unit, and then by sample. */
  private static ShardedModel.Candidates candidates(float[][] compared, int share) {
    List<int[]> places = new ArrayList<>();
    for (int u = share * UNITS / SHARES; u < (share + 1) * UNITS / SHARES; u++) {
      for (int n = 0; n < compared.length; n++) {
        if (compared[n][u] > 0) {
          places.add(new int[] {n, u});
        }
      }
    }
    int count = places.size();
    float[] values = new float[count];
    float[] by = new float[count];
    for (int i = 0; i < count; i++) {
      by[i] = compared[places.get(i)[0]][places.get(i)[1]];
      values[i] = activation(by[i]);
    }
    return new ShardedModel.Candidates(
        new WinnerList(
            places.stream().mapToInt(place -> place[0]).toArray(),
            places.stream().mapToInt(place -> place[1]).toArray(),
            new int[count],
            values),
        by);
  }
}

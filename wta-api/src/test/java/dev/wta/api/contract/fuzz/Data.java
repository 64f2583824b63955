package dev.wta.api.contract.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Kinds of numbers that a tensor is filled with, the simplest first. */
enum Data {
  ZEROS(1) {
    @Override
    float next(Noise noise) {
      return noise.below(4) == 0 ? -0.0f : 0;
    }
  },
  ONES(2) {
    @Override
    float next(Noise noise) {
      return 1;
    }
  },
  /** All alike, and no sum of them is exact: rounding errs one way. */
  ALIKE(4) {
    @Override
    float next(Noise noise) {
      return 0.1f;
    }
  },
  /** Small whole numbers: their sums have no rounding, and many ties. */
  WHOLE(8) {
    @Override
    float next(Noise noise) {
      return noise.below(5) - 2;
    }
  },
  /** Zeros and ones. */
  BITS(3) {
    @Override
    float next(Noise noise) {
      return noise.below(2);
    }
  },
  POSITIVE(5) {
    @Override
    float next(Noise noise) {
      return (float) noise.uniform();
    }
  },
  NORMAL(16) {
    @Override
    float next(Noise noise) {
      return noise.normal();
    }
  },
  /** Mostly zeros of either sign. */
  SPARSE(5) {
    @Override
    float next(Noise noise) {
      int kind = noise.below(8);
      return kind == 0 ? noise.normal() : kind == 1 ? -0.0f : 0;
    }
  },
  SUBNORMAL(4) {
    @Override
    float next(Noise noise) {
      float tiny = Float.intBitsToFloat(noise.below(1 << 23));
      return noise.below(2) == 0 ? tiny : -tiny;
    }
  },
  /** Of all magnitudes between 1e-15 and 1e15. */
  WIDE(4) {
    @Override
    float next(Noise noise) {
      return (float) (noise.normal() * Math.pow(10, 30 * noise.uniform() - 15));
    }
  },
  /** So large that squares, products and sums may leave the range of float32. */
  HUGE(3) {
    @Override
    float next(Noise noise) {
      return (float) (noise.normal() * Math.pow(10, 16 + 22 * noise.uniform()));
    }
  },
  /** Some NaN and infinities among normal numbers. */
  NONFINITE(5) {
    @Override
    float next(Noise noise) {
      return switch (noise.below(64)) {
        case 0 -> Float.NaN;
        case 1 -> Float.POSITIVE_INFINITY;
        case 2 -> Float.NEGATIVE_INFINITY;
        default -> noise.normal();
      };
    }
  },
  /** Rarely one that is not finite, among whole numbers: most results are finite. */
  BLEMISHED(4) {
    @Override
    float next(Noise noise) {
      return noise.below(1500) == 0
          ? noise.below(2) == 0 ? Float.NaN : Float.POSITIVE_INFINITY
          : WHOLE.next(noise);
    }
  },
  /** All of the others at once. */
  EVERYTHING(3) {
    @Override
    float next(Noise noise) {
      return OTHERS.get(noise.below(OTHERS.size())).next(noise);
    }
  };

  private static final List<Data> OTHERS =
      Arrays.stream(values()).filter(kind -> kind != EVERYTHING).toList();

  /** Those whose sums and products have no rounding. */
  static final List<Data> EXACT = weighted(ONES, WHOLE, BITS, BLEMISHED);

  static final List<Data> ALL = weighted(values());

  /** Those that are not negative. */
  static final List<Data> NOT_NEGATIVE = weighted(ONES, ALIKE, BITS, POSITIVE);

  private final int weight;

  Data(int weight) {
    this.weight = weight;
  }

  abstract float next(Noise noise);

  float[] fill(int size, Noise noise) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = next(noise);
    }
    return values;
  }

  /** Whether operations on such numbers can leave the range of float32. */
  boolean mayOverflow() {
    return this == WIDE || this == HUGE || this == EVERYTHING;
  }

  /** Each as often as it is to be chosen. */
  private static List<Data> weighted(Data... kinds) {
    List<Data> weighted = new ArrayList<>();
    for (Data kind : kinds) {
      for (int i = 0; i < kind.weight; i++) {
        weighted.add(kind);
      }
    }
    return List.copyOf(weighted);
  }
}

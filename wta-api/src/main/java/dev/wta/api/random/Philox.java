package dev.wta.api.random;

/**
 * A counter-based stream of random numbers: Philox4x32-10 (Salmon et al. 2011). The seed is the
 * key; the stream's number is the counter's upper half, the block of four numbers its lower half.
 * Immutable: asking for element {@code i} twice gives the same number twice.
 *
 * @param seed the run's seed
 * @param stream which of the seed's 2^64 independent streams
 */
public record Philox(long seed, long stream) {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  /** The four 32-bit numbers of block {@code block}, written to {@code out} from {@code offset}. */
  public void block(long block, int[] out, int offset) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = MULTIPLIER_0 * Integer.toUnsignedLong(c0);
      long p1 = MULTIPLIER_1 * Integer.toUnsignedLong(c2);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[offset] = c0;
    out[offset + 1] = c1;
    out[offset + 2] = c2;
    out[offset + 3] = c3;
  }

  /** The 32 random bits of element {@code i}: lane {@code i % 4} of block {@code i / 4}. */
  public int bits(long i) {
    int[] lanes = new int[4];
    block(i >>> 2, lanes, 0);
    return lanes[(int) (i & 3)];
  }

  /** Element {@code i}, uniform on [0, 1): the upper 24 bits of {@link #bits}. */
  public float uniform(long i) {
    return toUniform(bits(i));
  }

  /**
   * Element {@code i}, standard normal: Box and Muller's transform of the block's lanes (0, 1) and
   * (2, 3), in double precision, the cosine in the even lane and the sine in the odd one.
   */
  public float normal(long i) {
    int[] lanes = new int[4];
    block(i >>> 2, lanes, 0);
    int pair = (int) (i & 2);
    return toNormal(lanes[pair], lanes[pair + 1], (i & 1) == 1);
  }

  /**
   * A whole number uniform on [0, bound), from element {@code i}; the bias is below {@code bound /
   * 2^32}.
   */
  public int below(int bound, long i) {
    return (int) (Integer.toUnsignedLong(bits(i)) * bound >>> 32);
  }

  /** 32 random bits as a uniform number on [0, 1). */
  public static float toUniform(int bits) {
    return (bits >>> 8) * 0x1p-24f;
  }

  /** Two words of 32 random bits as one of the two normal numbers that they make. */
  public static float toNormal(int first, int second, boolean sine) {
    double radius =
        StrictMath.sqrt(-2 * StrictMath.log((Integer.toUnsignedLong(first) + 1) * 0x1p-32));
    double angle = 2 * Math.PI * (Integer.toUnsignedLong(second) * 0x1p-32);
    return (float) (radius * (sine ? StrictMath.sin(angle) : StrictMath.cos(angle)));
  }
}

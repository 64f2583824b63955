package dev.wta.api.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Philox4x32-10 against the vectors that its authors publish, and what is made of its bits. */
class PhiloxTest {

  @Test
  void answersThePublishedVectors() {
    assertBlock(new Philox(0, 0), 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertBlock(new Philox(-1, -1), -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertBlock(
        new Philox(0x299f31d0a4093822L, 0x0370734413198a2eL),
        0x85a308d3243f6a88L,
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  private static void assertBlock(Philox stream, long block, int... expected) {
    int[] lanes = {7, 7, 7, 7, 7, 7};
    stream.block(block, lanes, 1);
    assertThat(lanes).containsExactly(7, expected[0], expected[1], expected[2], expected[3], 7);
  }

  @Test
  void anElementIsALaneOfItsBlock() {
    Philox stream = new Philox(3, 5);
    int[] lanes = new int[4];
    stream.block(2, lanes, 0);
    for (int lane = 0; lane < 4; lane++) {
      assertThat(stream.bits(8 + lane)).isEqualTo(lanes[lane]);
    }
  }

  @Test
  void uniformNumbersAreTheUpperBits() {
    assertThat(Philox.toUniform(0)).isZero();
    assertThat(Philox.toUniform(0xff)).isZero();
    assertThat(Philox.toUniform(1 << 31)).isEqualTo(0.5f);
    assertThat(Philox.toUniform(-1)).isEqualTo(1 - 0x1p-24f);
  }

  @Test
  void normalNumbersAreBoxAndMullers() {
    // A radius of sqrt(-2 ln 0.5), at a quarter turn.
    int half = Integer.MAX_VALUE;
    int quarter = 1 << 30;
    assertThat((double) Philox.toNormal(half, quarter, true))
        .isCloseTo(Math.sqrt(2 * Math.log(2)), within(1e-7));
    assertThat((double) Philox.toNormal(half, quarter, false)).isCloseTo(0, within(1e-7));
    assertThat(Philox.toNormal(-1, 0, false)).isZero(); // the largest draw: a radius of 0
    assertThat(Philox.toNormal(0, 0, false)).isBetween(6.6f, 6.7f); // the smallest: sqrt(64 ln 2)
    Philox stream = new Philox(1, 2);
    int[] lanes = new int[4];
    stream.block(0, lanes, 0);
    assertThat(stream.normal(0)).isEqualTo(Philox.toNormal(lanes[0], lanes[1], false));
    assertThat(stream.normal(1)).isEqualTo(Philox.toNormal(lanes[0], lanes[1], true));
    assertThat(stream.normal(2)).isEqualTo(Philox.toNormal(lanes[2], lanes[3], false));
    assertThat(stream.normal(3)).isEqualTo(Philox.toNormal(lanes[2], lanes[3], true));
  }

  @Test
  void boundedNumbersStayBelowTheirBoundAndReachIt() {
    Philox stream = new Philox(1, 1);
    boolean[] seen = new boolean[7];
    for (int i = 0; i < 200; i++) {
      seen[stream.below(7, i)] = true;
    }
    assertThat(seen).containsOnly(true);
    assertThat(stream.below(1, 3)).isZero();
    assertThat(stream.below(Integer.MAX_VALUE, 3)).isNotNegative();
  }
}

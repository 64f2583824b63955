package dev.wta.backend.cpu.screen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThresholdGuessTest {
  private final ThresholdGuess guess = new ThresholdGuess();

  @Test
  void nothingIsGuessedBeforeABatch() {
    assertThat(guess.threshold(3)).isZero();
    guess.held(Float.POSITIVE_INFINITY); // a batch of zeros
    assertThat(guess.threshold(3)).isZero();
  }

  @Test
  void aGuessIsBelowTheLeastThresholdAndInProportionToTheNorm() {
    guess.held(2);
    assertThat(guess.threshold(1)).isBetween(1.5f, 1.99f);
    assertThat(guess.threshold(3)).isEqualTo(3 * guess.threshold(1));
  }

  @Test
  void aMissIsFollowedByLowerGuessesAndThenByCloserOnes() {
    guess.held(2);
    float before = guess.threshold(1);
    guess.missed();
    assertThat(guess.threshold(1)).isZero();
    guess.held(2);
    assertThat(guess.threshold(1)).isLessThan(0.9f * before);
    for (int batch = 0; batch < 100; batch++) {
      guess.held(2);
    }
    assertThat(guess.threshold(1)).isEqualTo(before);
  }
}

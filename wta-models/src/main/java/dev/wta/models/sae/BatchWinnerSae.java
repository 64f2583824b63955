package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.BatchTopK;
import dev.wta.models.layer.Code;
import dev.wta.models.settings.Settings;

/**
 * A sparse autoencoder whose samples compete with one another in training, and with a threshold
 * after it.
 */
abstract class BatchWinnerSae extends WinnerSae {
  private final RunningThreshold threshold;

  BatchWinnerSae(String family, Settings settings, Shape sample, Backend backend, Seed seed) {
    super(family, settings, sample, backend, seed);
    threshold =
        new RunningThreshold(
            state("threshold", Shape.of(1)), state("threshold.batches", Shape.of(1)));
  }

  @Override
  final SelectionRule rule(int samples) {
    return new BatchTopK(k()).rule(Shape.of(samples, features())).orElseThrow();
  }

  @Override
  final Drawing draw(Tape tape, Variable x, Variable centred, Winners winners) {
    WinnerList listed = backend().memory().download(winners);
    threshold.follow(tape, listed);
    return draw(tape, x, centred, winners, listed);
  }

  /**
   * Draws the batch from its winners.
   *
   * @param listed the winners
   */
  Drawing draw(Tape tape, Variable x, Variable centred, Winners winners, WinnerList listed) {
    return super.draw(tape, x, centred, winners);
  }

  @Override
  final Code.Sparse code(Tape tape, Variable centred) {
    SelectionRule above = threshold.rule(tape, features());
    return code(tape, winners(tape, centred, above), centred);
  }

  /** All may exceed the threshold, and winners are held with their coordinates. */
  @Override
  public final long activations() {
    return heldForAll();
  }
}

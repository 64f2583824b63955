package dev.wta.models.shard.model;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.competition.Competition;
import dev.wta.models.fc.FcWta;
import dev.wta.models.fc.FullyConnected;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.LatentCompetition;
import dev.wta.models.shard.BlockSum;
import dev.wta.models.shard.Collective;
import dev.wta.models.shard.ShardedSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A share of {@link FcWta} with one hidden layer. With lifetime sparsity, a unit's activations
 * compete with each other alone: only the reconstruction is summed over ranks.
 */
final class ShardedFcWta extends ShardedModel {
  private static final Parameter.RowBound UNIT_ROWS =
      new Parameter.RowBound(Update.RowNorm.EXACTLY, 1, true);

  private final Competition competition;
  private final List<LatentCompetition> layers = new ArrayList<>();
  private final Parameter outputBias;

  ShardedFcWta(
      FcWta.Settings settings, Shape sample, Backend backend, Seed seed, Collective collective) {
    requireServed(settings);
    super(settings, settings.hidden().getFirst(), sample, backend, seed, collective);
    competition = settings.competition();
    FullyConnected.Weights weights = settings.weights();
    Optional<Parameter.RowBound> bound =
        weights.decoderNorm() == FullyConnected.DecoderNorm.UNIT
            ? Optional.of(UNIT_ROWS)
            : Optional.empty();
    for (UnitBlock block : blocks()) {
      Parameter encoder =
          block.weight(
              "encoder.0.weight",
              inputs(),
              weights.init(),
              weights.tied() ? bound : Optional.empty());
      Parameter bias = block.bias("encoder.0.bias");
      Parameter decoder =
          weights.tied()
              ? encoder
              : block.weight("decoder.weight", inputs(), weights.init(), bound);
      layers.add(new LatentCompetition(encoder, bias, decoder, false));
    }
    outputBias = replicatedBias("decoder.bias", inputs());
  }

  private static void requireServed(FcWta.Settings settings) {
    if (settings.hidden().size() > 1) {
      throw new WtaException(
          "sharded training serves fc-wta with one hidden layer, and 'hidden' has %d: every unit of one layer reads all of the layer below"
              .formatted(settings.hidden().size()),
          "give one hidden layer, or train it on one machine");
    }
    String what = "'competition' " + settings.competition().text();
    Optional<SelectionRule> rule =
        settings.competition().rule(Shape.of(1, settings.hidden().getFirst()));
    ShardedSelection.requireServed(
        rule.orElseThrow(
            () ->
                new WtaException(
                    what + " is not served by sharded training: its code is dense",
                    "choose lifetime, topk or batchtopk, or train it on one machine")),
        what);
  }

  @Override
  ShardedStep step(Tape tape, Variable x, Variable target) {
    Shape whole = Shape.of(x.shape().rows(), collective().blocks().units());
    SelectionRule rule = competition.rule(whole).orElseThrow();
    Selected selected = select(tape, rule, b -> layers.get(b).winners(tape, x, rule));
    List<Code.Sparse> codes = new ArrayList<>();
    List<Variable> decoders = new ArrayList<>();
    for (int b = 0; b < layers.size(); b++) {
      codes.add(layers.get(b).code(tape, x, selected.winners().get(b)));
      decoders.add(tape.parameter(layers.get(b).decoder()));
    }
    Variable output =
        BlockSum.decode(
            tape, collective(), codes, decoders, Optional.of(tape.parameter(outputBias)));
    Loss error = SquaredError.of(tape, output, target);
    return new ShardedStep(this, target, error, codes, selected.nans());
  }

  /** Every activation above 0. */
  @Override
  List<Code.Sparse> code(Tape tape, Variable x) {
    List<Code.Sparse> codes = new ArrayList<>();
    for (LatentCompetition layer : layers) {
      Tensor zeros = tape.temporary(layer.bias().value().shape());
      memory().fill(zeros, 0);
      codes.add(
          Layers.encode(
              tape,
              x,
              tape.parameter(layer.encoder()),
              tape.parameter(layer.bias()),
              new SelectionRule.Above(zeros)));
    }
    return codes;
  }
}

package dev.wta.models.shard.model;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.sae.SaeBatch;
import dev.wta.models.sae.SparsityPenalty;
import dev.wta.models.sae.StandardSae;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.Collective;
import java.util.ArrayList;
import java.util.List;

/** A share of {@link StandardSae}. The code's norm is a sum over units: each rank has its own. */
final class ShardedStandard extends ShardedSae {
  private final SparsityPenalty penalty;

  ShardedStandard(
      SettingsRecord<?> all,
      StandardSae.Settings settings,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    super(all, settings.sae(), sample, backend, seed, collective);
    penalty = settings.penalty();
  }

  @Override
  ShardedStep step(Tape tape, SaeBatch batch) {
    Centring centred = centred(tape, batch.x());
    List<Code.Sparse> codes = above(tape, centred, thresholds(tape, 0));
    Loss error = error(tape, decode(tape, codes), batch.decoded());
    List<Loss> norms = new ArrayList<>();
    for (int b = 0; b < codes.size(); b++) {
      norms.add(
          penalty.norm(tape, codes.get(b), decoders(tape).get(b), common().freeRows(), variance()));
    }
    note(tape, codes);
    return new ShardedStep(this, batch.target(), error, codes, nans(codes))
        .minimising(error.times(1 / variance()), norms)
        .of(centred, deadLatents());
  }

  @Override
  List<Code.Sparse> code(Tape tape, Variable x) {
    return above(tape, centred(tape, x), thresholds(tape, 0));
  }
}

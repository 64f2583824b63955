package dev.wta.models.shard.training;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.DerivedTensors;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.io.Safetensors;
import dev.wta.models.run.RunConfig;
import dev.wta.models.shard.UnconnectedRank;
import dev.wta.models.shard.model.CodesOfShares;
import dev.wta.models.shard.model.ShardedModel;
import java.util.Arrays;
import java.util.Optional;

/**
 * A share of a run's units that encodes by itself, for models of which no process holds all:
 *
 * <pre>{@code
 * CodesOfShares codes = null;
 * for (int share = 0; share < shares; share++) {
 *   try (UnitShare units = UnitShare.load(config, parameters, backend, share, shares)) {
 *     codes = share == 0 ? units.none(count) : codes;
 *     units.encode(samples, 0, count, codes);
 *   }
 * }
 * SparseCodes found = codes.codes();
 * }</pre>
 *
 * <p>Codes are those of {@link dev.wta.models.Encoder}, to the bit on {@code cpu}, where samples
 * have at most 3,071 numbers or shares at least 2,048 units. One thread at a time encodes, on all
 * of the backend's.
 */
public final class UnitShare implements AutoCloseable {
  private final Backend context;
  private final boolean owned;
  private final ShardedModel model;
  private final DerivedTensors derived = new DerivedTensors();
  private final Tape tape;
  private int lastCount;

  private UnitShare(Backend context, boolean owned, ShardedModel model) {
    this.context = context;
    this.owned = owned;
    this.model = model;
    tape = Tape.frozen(context, derived);
  }

  /**
   * Loads one; of the parameters, only its rows are read. The caller closes it before the backend.
   *
   * @param parameters {@code model.safetensors} of the run; may be closed afterwards
   * @param share which, from 0
   * @param shares how many there are
   * @throws dev.wta.api.WtaException if the family is not served, there are too many shares, or the
   *     parameters are not the run's
   */
  public static UnitShare load(
      RunConfig config, Safetensors parameters, Backend backend, int share, int shares) {
    Optional<Backend> context = backend.inferenceContext(Integer.MAX_VALUE);
    Backend own = context.orElse(backend);
    try {
      return new UnitShare(
          own,
          context.isPresent(),
          ShardedRun.load(config, parameters, own, new UnconnectedRank(share, shares)));
    } catch (RuntimeException failed) {
      context.ifPresent(Backend::close);
      throw failed;
    }
  }

  /** Codes to which no share has been added yet. */
  public CodesOfShares none(int samples) {
    int units = model.collective().blocks().units();
    return new CodesOfShares(samples, units, model.winnersOfASample());
  }

  /**
   * Adds what this share's units make of samples.
   *
   * @param samples pre-processed, {@code (samples, inputs)}
   * @param from the first sample
   * @param to codes of {@code count} samples
   */
  public synchronized void encode(float[] samples, int from, int count, CodesOfShares to) {
    int width = Math.toIntExact(model.sampleShape().size());
    if (count != lastCount) {
      tape.close(); // frees temporaries of other shapes; new ones are allocated
      lastCount = count;
    }
    try (var _ = context.hold()) {
      Tensor x = tape.temporary(Shape.of(count, width));
      float[] rows = Arrays.copyOfRange(samples, from * width, (from + count) * width);
      context.memory().upload(rows, 0, x);
      to.add(model.candidates(tape, x));
    } finally {
      tape.reset(0);
    }
  }

  @Override
  public void close() {
    try (var _ = context.hold()) {
      tape.close();
      derived.close();
    }
    model.close();
    if (owned) {
      context.close();
    }
  }
}

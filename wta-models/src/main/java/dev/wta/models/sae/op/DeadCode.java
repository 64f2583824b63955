package dev.wta.models.sae.op;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A batch's code of dead latents alone: of each sample the largest among them. Their rows of the
 * encoder are brought together, so that product, selection and the activations that are held are in
 * proportion to the dead latents and not to all.
 */
public final class DeadCode {
  private static final int LEAST_ROOM = 8;

  private DeadCode() {}

  /**
   * Encodes dead latents and chooses among them, by what latents compete by.
   *
   * @param centred what is encoded, {@code (samples, inputs)}
   * @param encoder {@code (units, inputs)}
   * @param bias {@code (units)}
   * @param lengths what latents' activations are multiplied by to compete, {@code (units)}; empty
   *     where they compete by activation
   * @param dead these latents, ascending
   * @param k latents of a sample
   * @param signed whether latents take part with negative activations, too
   * @return those that were chosen, as winners of all latents
   */
  public static Code.Sparse of(
      Tape tape,
      Variable centred,
      Variable encoder,
      Variable bias,
      Optional<Tensor> lengths,
      int[] dead,
      int k,
      boolean signed) {
    int all = bias.shape().rows();
    int room = room(dead.length, all);
    Winners places = places(tape, dead, room, all);
    Tensor present = present(tape, dead.length, room);
    Tensor weights = rows(tape, places, encoder.value());
    Tensor biases = rows(tape, places, column(bias.value()));
    Shape code = Shape.of(centred.shape().rows(), room);
    Tensor activations = tape.temporary(code);
    Backend backend = tape.backend();
    Epilogue add = Epilogue.bias(biases.reshape(Shape.of(room)));
    backend.dense().gemm(centred.value(), false, weights, true, 1, 0, add, activations);
    Tensor candidates = tape.temporary(code);
    Tensor weight =
        lengths
            .map(ofAll -> rows(tape, places, column(ofAll)).reshape(Shape.of(room)))
            .orElse(present);
    backend.dense().zipRow(Dense.Binary.MULTIPLY, activations, weight, candidates);
    if (signed) {
      Tensor lowest = lowest(tape, candidates);
      makePositive(tape, candidates, lowest, present);
    }
    SelectionRule rule = new SelectionRule.PerSample(k);
    Winners chosen = tape.temporaryWinners(code, rule);
    backend.selection().select(candidates, rule, chosen);
    Tensor values = tape.temporary(chosen.values().shape());
    backend.sparse().gather(chosen, activations, values);
    Winners among = tape.temporaryWinners(Shape.of(centred.shape().rows(), all), rule);
    backend.memory().spread(chosen, values, dead, among);
    return Layers.encoded(tape, among, among.values(), centred, encoder, bias);
  }

  /** 1 for each dead latent, 0 in the room behind them. */
  private static Tensor present(Tape tape, int dead, int room) {
    float[] marks = new float[room];
    Arrays.fill(marks, 0, dead, 1);
    Tensor present = tape.temporary(Shape.of(room));
    tape.backend().memory().upload(marks, 0, present);
    return present;
  }

  /** Room for so many latents: few sizes, since temporaries are kept by their shapes. */
  private static int room(int dead, int units) {
    int power = Integer.highestOneBit(Math.max(LEAST_ROOM, 2 * dead - 1));
    return Math.min(power, units);
  }

  private static Tensor column(Tensor ofUnits) {
    return ofUnits.reshape(Shape.of(ofUnits.shape().rows(), 1));
  }

  /** A code whose sample {@code i} is unit {@code units[i]} alone, with a coefficient of 1. */
  private static Winners places(Tape tape, int[] units, int room, int all) {
    Winners places = tape.temporaryWinners(Shape.of(room, all), new SelectionRule.PerSample(1));
    float[] ones = new float[units.length];
    Arrays.fill(ones, 1);
    int[] samples = IntStream.range(0, units.length).toArray();
    tape.backend()
        .memory()
        .upload(new WinnerList(samples, units, new int[units.length], ones), places);
    return places;
  }

  /** The rows of a matrix at those places, and zeros in the room behind them. */
  private static Tensor rows(Tape tape, Winners places, Tensor matrix) {
    Tensor rows = tape.temporary(Shape.of(places.samples(), matrix.shape().rowSize()));
    tape.backend()
        .sparse()
        .decode(places, places.values(), matrix, Optional.empty(), Optional.empty(), rows);
    return rows;
  }

  /**
   * How far each sample's activations reach below 0, negative where none does.
   *
   * @param activations {@code (samples, units)}
   * @return their largest {@code -activation}, {@code (samples)}
   */
  public static Tensor lowest(Tape tape, Tensor activations) {
    Dense dense = tape.backend().dense();
    Tensor negated = tape.temporary(activations.shape());
    Tensor lowest = tape.temporary(Shape.of(activations.shape().rows()));
    dense.affine(-1, activations, 0, negated);
    dense.reduceRows(Dense.Reduction.MAXIMUM, negated, lowest);
    return lowest;
  }

  /**
   * Lets dead latents compete whatever the signs of their activations: each sample's are shifted,
   * since what is not positive cannot win, and keep their order.
   *
   * @param candidates activations of dead latents, and 0 for others, {@code (samples, units)};
   *     overwritten
   * @param lowest of all latents that compete, see {@link #lowest}; overwritten
   * @param dead 1 for each dead latent, else 0, {@code (units)}
   */
  public static void makePositive(Tape tape, Tensor candidates, Tensor lowest, Tensor dead) {
    Dense dense = tape.backend().dense();
    dense.map(Dense.Unary.RELU, lowest, lowest);
    dense.affine(2, lowest, Float.MIN_NORMAL, lowest);
    dense.zipColumn(Dense.Binary.ADD, candidates, lowest, candidates);
    dense.zipRow(Dense.Binary.MULTIPLY, candidates, dead, candidates);
  }
}

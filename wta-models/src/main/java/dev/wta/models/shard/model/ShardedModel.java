package dev.wta.models.shard.model;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Target;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.optimizer.SquaredNorm;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.shard.Blocks;
import dev.wta.models.shard.Collective;
import dev.wta.models.shard.Ranks;
import dev.wta.models.shard.ShardedSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * One rank's share of a model whose units are divided among ranks, see {@link Blocks}: its blocks'
 * rows of the encoder and of the decoder, their biases and states. What belongs to no unit, such as
 * the decoder's bias, every rank has, and it is the same on all of them. All ranks see the whole
 * mini-batch.
 *
 * <p>First parameters are those of the undivided model of the same seed, to the bit on a backend
 * whose random numbers are {@link dev.wta.api.random.Philox}'s. With one block, all later ones are,
 * too; with several, sums over units are taken in another order, and the last bits differ.
 *
 * <p>Methods that say so are collectives: all ranks call them in the same order.
 */
public abstract class ShardedModel implements AutoCloseable {
  private final Backend backend;
  private final Collective collective;
  private final Shape sample;
  private final Seed seed;
  private final RankTensors tensors;
  private final List<UnitBlock> blocks = new ArrayList<>();
  private final List<Parameter> replicated = new ArrayList<>();

  ShardedModel(
      SettingsRecord<?> settings,
      int units,
      Shape sample,
      Backend backend,
      Seed seed,
      Collective collective) {
    this.backend = backend;
    this.collective = collective;
    this.sample = sample;
    this.seed = seed;
    collective.requireSame("the model", settings + " of samples " + sample + ", " + seed);
    collective.requireSame(
        "the backend's arithmetic", backend.name() + ", " + backend.arithmetic());
    Blocks all = collective.blocks();
    if (all.units() != units) {
      throw new IllegalArgumentException(
          "blocks of %d units for a model of %d".formatted(all.units(), units));
    }
    int first = all.from(collective.firstBlock());
    tensors = new RankTensors(backend.memory(), first, all.from(collective.endBlock()) - first);
    for (int block = collective.firstBlock(); block < collective.endBlock(); block++) {
      blocks.add(new UnitBlock(block, all.from(block), all.unitsOf(block), backend, seed, tensors));
    }
  }

  /**
   * This rank's share of a model with first weights from {@code seed}. The caller closes it. A
   * collective.
   *
   * @param settings of {@code fc-wta, topk, batch-topk, jumprelu} or {@code standard}, or of a
   *     transcoder with the code of one of the last four
   * @param sample the shape of one sample
   * @throws WtaException if the family or a setting is not served, or ranks differ
   */
  public static ShardedModel of(
      SettingsRecord<?> settings, Shape sample, Backend backend, Seed seed, Ranks ranks) {
    Collective collective = new Collective(ranks, Blocks.of(units(settings)));
    return of(settings, sample, backend, seed, collective);
  }

  /** As {@link #of(SettingsRecord, Shape, Backend, Seed, Ranks)}, with blocks of one's own. */
  public static ShardedModel of(
      SettingsRecord<?> settings, Shape sample, Backend backend, Seed seed, Collective collective) {
    return ShardedFamily.of(settings).share(settings, sample, backend, seed, collective);
  }

  /**
   * The name of the family that settings are of.
   *
   * @throws WtaException if the family is not served
   */
  public static String family(SettingsRecord<?> settings) {
    return ShardedFamily.of(settings).name(settings);
  }

  /**
   * The units that would be divided.
   *
   * @throws WtaException if the family is not served
   */
  public static int units(SettingsRecord<?> settings) {
    return ShardedFamily.of(settings).units(settings);
  }

  /**
   * Gives parameters that begin at samples their first values, see {@link
   * dev.wta.models.Model#begin}. A collective.
   *
   * @param samples the training data, the same on all ranks. A thousand of them that the seed
   *     chooses are read; a caller whose samples are in several places gives a data set of at most
   *     so many
   * @param fitted what samples go through
   * @param target a transcoder's, of the same rows
   */
  public void begin(Dataset samples, Preprocessing fitted, Optional<Target> target) {}

  /**
   * One forward pass in training mode. A collective, as is {@link ShardedStep#finish}, which
   * follows the tape's backward pass.
   *
   * @param batch {@code (samples, inputs)}, pre-processed, the same on all ranks
   * @param target {@code (samples, outputs)} of a transcoder, the same; empty for other models
   * @throws IllegalArgumentException if there is a target and the model has none, or the reverse
   */
  public final ShardedStep step(Tape tape, Tensor batch, Optional<Tensor> target) {
    if (target.isPresent() != target().isPresent()) {
      throw new IllegalArgumentException(
          target.isPresent() ? "the model has no target" : "the model is a transcoder");
    }
    try (var _ = backend.hold()) {
      Variable x = tape.constant(batch);
      return step(tape, x, target.map(tape::constant).orElse(x));
    }
  }

  /**
   * The same.
   *
   * @param target what is reconstructed: x, but for a transcoder
   */
  abstract ShardedStep step(Tape tape, Variable x, Variable target);

  /** The representation, {@code (samples, block's units)} for each block of this rank. */
  abstract List<Code.Sparse> code(Tape tape, Variable x);

  /**
   * What this rank's units make of samples: their activations that are not 0, as the undivided
   * model encodes them. A collective, since samples may keep their largest activations only.
   *
   * @param batch {@code (samples, inputs)}, pre-processed, the same on all ranks
   * @return in canonical order, units being numbered through the whole model
   */
  public final WinnerList encode(Tensor batch) {
    try (Tape tape = Tape.forward(backend)) {
      return Codes.active(candidates(tape, batch).activations());
    }
  }

  /**
   * What may be active.
   *
   * @param activations in canonical order, units being numbered through the whole model
   * @param compared by what they compete, in the same order
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  public record Candidates(WinnerList activations, float[] compared) {}

  /**
   * As {@link #encode}; for a rank that is {@link dev.wta.models.shard.UnconnectedRank} what would
   * be active if its units were all, to be joined by {@link CodesOfShares}.
   *
   * @param tape that does not record
   */
  public final Candidates candidates(Tape tape, Tensor batch) {
    try (var _ = backend.hold()) {
      List<WinnerList> activations = new ArrayList<>();
      List<WinnerList> compared = new ArrayList<>();
      for (Code.Sparse code : code(tape, tape.constant(batch))) {
        activations.add(backend.memory().download(code.winners(), code.coefficients().value()));
        compared.add(backend.memory().download(code.winners()));
      }
      int[] firstUnits = blocks.stream().mapToInt(UnitBlock::from).toArray();
      return new Candidates(
          Codes.joined(activations, firstUnits), Codes.joined(compared, firstUnits).values());
    }
  }

  /** How many activations a sample keeps, where units compete for it when samples are encoded. */
  public OptionalInt winnersOfASample() {
    return OptionalInt.empty();
  }

  /**
   * Winners of this rank's blocks.
   *
   * @param nans the NaN among each block's activations
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  record Selected(List<Winners> winners, long[] nans) {}

  /** Winners among all units. A collective. */
  final Selected select(Tape tape, SelectionRule rule, IntFunction<Winners> ofBlock) {
    List<Winners> candidates = new ArrayList<>();
    long[] nans = new long[blocks.size()];
    for (int b = 0; b < nans.length; b++) {
      candidates.add(ofBlock.apply(b));
      nans[b] = candidates.get(b).nanCount();
    }
    ShardedSelection.among(tape, collective, rule, candidates);
    return new Selected(candidates, nans);
  }

  /**
   * As {@link #select(Tape, SelectionRule, IntFunction)}, of winners among all of this rank's
   * units, which the result divides into blocks. A collective.
   */
  final Selected select(Tape tape, SelectionRule.PerSample rule, Winners ofRank) {
    WinnerList list =
        ShardedSelection.among(collective, rule, ofRank.samples(), memory().download(ofRank));
    List<Winners> ofBlocks = new ArrayList<>();
    long[] nans = new long[blocks.size()];
    nans[0] = ofRank.nanCount();
    int first = blocks.getFirst().from();
    int at = 0;
    for (UnitBlock block : blocks) {
      int end = at;
      int units = block.from() - first;
      while (end < list.count() && list.units()[end] < units + block.units()) {
        end++;
      }
      Winners winners = tape.temporaryWinners(Shape.of(ofRank.samples(), block.units()), rule);
      memory().upload(Codes.part(list, at, end, units), winners);
      ofBlocks.add(winners);
      at = end;
    }
    return new Selected(ofBlocks, nans);
  }

  /** The parameters of this rank's blocks, block by block, and then those of no unit. */
  public final List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    blocks.forEach(block -> all.addAll(block.parameters()));
    all.addAll(replicated);
    return all;
  }

  /** What the length of all ranks' gradients is. A collective in each step that clips. */
  public final SquaredNorm gradientNorm() {
    int ofAll = Math.toIntExact(replicated.stream().filter(Parameter::learnt).count());
    return squares -> {
      int each = (squares.length - ofAll) / blocks.size();
      double[][] ofBlocks = new double[blocks.size()][1];
      for (int i = 0; i < squares.length - ofAll; i++) {
        ofBlocks[i / each][0] += squares[i];
      }
      double sum = collective.sum(ofBlocks)[0];
      for (int i = squares.length - ofAll; i < squares.length; i++) {
        sum += squares[i];
      }
      return sum;
    };
  }

  public final Backend backend() {
    return backend;
  }

  public final Collective collective() {
    return collective;
  }

  /** The shape of one sample. */
  public final Shape sampleShape() {
    return sample;
  }

  /** The shape of a transcoder's target; empty for other models. */
  public Optional<Shape> target() {
    return Optional.empty();
  }

  final Seed seed() {
    return seed;
  }

  final Memory memory() {
    return backend.memory();
  }

  final int inputs() {
    return Math.toIntExact(sample.size());
  }

  /** This rank's blocks. */
  final List<UnitBlock> blocks() {
    return blocks;
  }

  /** What these blocks have, block beside block. */
  final RankTensors tensors() {
    return tensors;
  }

  /** A bias that is the same on all ranks. */
  final Parameter replicatedBias(String name, int size) {
    return replicate(Parameter.bias(name, memory().allocate(Shape.of(size))));
  }

  /** A matrix that is the same on all ranks, all zero at first. */
  final Parameter replicatedWeight(String name, Shape shape) {
    return replicate(Parameter.weight(name, memory().allocate(shape)));
  }

  /** A state of one number that is the same on all ranks. */
  final Parameter replicatedState(String name) {
    return replicate(Parameter.state(name, memory().allocate(Shape.of(1))));
  }

  private Parameter replicate(Parameter parameter) {
    replicated.add(parameter);
    return parameter;
  }

  @Override
  public void close() {
    try (var _ = backend.hold()) {
      tensors.close();
      replicated.forEach(Parameter::close);
    }
  }
}

package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.contract.support.TestBench;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link dev.wta.api.op.Selection#encodeWinners}: product, ReLU and selection in one. */
public interface EncodingContract extends Contract {

  /** Samples, units and inputs. */
  static Stream<Product> encoders() {
    return Stream.of(
        new Product(0, 5, 3),
        new Product(5, 0, 3),
        new Product(5, 7, 0),
        new Product(1, 1, 1),
        new Product(1, 1021, 8),
        new Product(127, 1, 13),
        new Product(13, 31, 7),
        new Product(30, 64, 64),
        new Product(100, 127, 31),
        new Product(64, 257, 127),
        new Product(513, 13, 8));
  }

  private static List<SelectionRule> rules(Product size) {
    return List.of(
        new SelectionRule.Lifetime(SelectionRule.winnersAt(0.05, size.m())),
        new SelectionRule.Lifetime(1),
        new SelectionRule.Lifetime(size.m() + 1),
        new SelectionRule.PerSample(1),
        new SelectionRule.PerSample(SelectionRule.winnersAt(0.1, size.n())),
        new SelectionRule.Global(SelectionRule.winnersAt(0.05, size.m() * size.n())),
        new SelectionRule.Lifetime(4).then(new SelectionRule.PerSample(2)));
  }

  /**
   * Products of small whole numbers have no rounding: the very winners of the reference, ties and
   * all.
   */
  @ParameterizedTest(name = "exact products {0}")
  @MethodSource("dev.wta.api.contract.EncodingContract#encoders")
  default void encodesExactly(Product size) {
    RandomValues random = new RandomValues(90);
    Encoder encoder = new Encoder(bench(), size);
    float[] x = random.whole(encoder.batch(), -2, 2);
    float[] weights = random.whole(encoder.weights(), -2, 2);
    // Every other unit is never positive.
    float[] bias = random.whole(encoder.bias(), -3, 3);
    for (int u = 0; u < bias.length; u += 2) {
      bias[u] = -1e5f;
    }
    for (SelectionRule rule : rules(size)) {
      assertThat(rule)
          .satisfies(_ -> bench().assertSameWinners(encoder.encode(x, weights, bias, rule)));
    }
  }

  /**
   * Units and numbers of winners a sample. A backend that lists what may win part by part has
   * places where a list is as long as k, or as a part: k goes past those, and past the units.
   */
  static Stream<Arguments> winnersOfASample() {
    return Stream.of(67, 700, 1000, 2003)
        .flatMap(
            units ->
                IntStream.concat(
                        IntStream.of(1, 2, 24, 25, 47, 48, 49, 66, 95, 96, 97, 143, 144, 145, 264),
                        IntStream.of(units / 2, units - 1, units, units + 1, 3 * units))
                    .mapToObj(k -> Arguments.of(units, k)));
  }

  /**
   * Many samples, ties in all of them, and one between that is zero: all of its units are positive.
   */
  @ParameterizedTest(name = "{1} of {0} units")
  @MethodSource("dev.wta.api.contract.EncodingContract#winnersOfASample")
  default void keepsEachSamplesLargest(int units, int k) {
    RandomValues random = new RandomValues(94);
    Product size = new Product(37, units, 5);
    Encoder encoder = new Encoder(bench(), size);
    float[] x = random.whole(encoder.batch(), -3, 3);
    Arrays.fill(x, 9 * 5, 10 * 5, 0);
    float[] weights = random.whole(encoder.weights(), -3, 3);
    float[] bias = random.whole(encoder.bias(), 1, 6);
    bench().assertSameWinners(encoder.encode(x, weights, bias, new SelectionRule.PerSample(k)));
  }

  /** A group of a rule: {@code size} elements of the dense code, {@code stride} apart. */
  record Group(int first, int stride, int size) {
    boolean contains(int index) {
      int offset = index - first;
      return offset >= 0 && offset % stride == 0 && offset / stride < size;
    }

    static List<Group> units(Product size) {
      return IntStream.range(0, size.n()).mapToObj(u -> new Group(u, size.n(), size.m())).toList();
    }

    static List<Group> samples(Product size) {
      return IntStream.range(0, size.m())
          .mapToObj(s -> new Group(s * size.n(), 1, size.n()))
          .toList();
    }

    static List<Group> batch(Product size) {
      return List.of(new Group(0, 1, size.m() * size.n()));
    }
  }

  @ParameterizedTest(name = "rounded products {0}")
  @MethodSource("dev.wta.api.contract.EncodingContract#encoders")
  default void encodesToWithinRounding(Product size) {
    int perUnit = SelectionRule.winnersAt(0.1, size.m());
    int perSample = SelectionRule.winnersAt(0.1, size.n());
    int perBatch = SelectionRule.winnersAt(0.1, size.m() * size.n());
    checkRounded(size, new SelectionRule.Lifetime(perUnit), perUnit, Group.units(size));
    checkRounded(size, new SelectionRule.PerSample(perSample), perSample, Group.samples(size));
    checkRounded(size, new SelectionRule.Global(perBatch), perBatch, Group.batch(size));
  }

  /**
   * Where activations differ by less than rounding, either may win: a winner's exact activation is
   * no further below its group's k-th largest than that, and its value no further from it.
   */
  private void checkRounded(Product size, SelectionRule rule, int k, List<Group> groups) {
    RandomValues random = new RandomValues(91);
    Encoder encoder = new Encoder(bench(), size);
    TwinWinners winners =
        encoder.encode(
            random.normal(encoder.batch()),
            random.normal(encoder.weights()),
            random.normal(encoder.bias()),
            rule);
    WinnerList list = bench().tested().memory().download(winners.on(Side.Kind.TESTED));
    for (Group group : groups) {
      checkGroup(encoder, size, group, k, list);
    }
  }

  private static void checkGroup(
      Encoder encoder, Product size, Group group, int k, WinnerList list) {
    double[] activations = new double[group.size()];
    double largest = 0;
    for (int i = 0; i < group.size(); i++) {
      activations[i] = encoder.code()[group.first() + i * group.stride()];
      largest = Math.max(largest, encoder.magnitudes()[group.first() + i * group.stride()]);
    }
    double rounding = Tolerance.ofSum(size.k() + 1L, largest);
    Arrays.sort(activations);
    double threshold = group.size() < k ? 0 : activations[group.size() - k];
    long positive = Arrays.stream(activations).filter(a -> a > rounding).count();
    long perhaps = Arrays.stream(activations).filter(a -> a > -rounding).count();
    long count = 0;
    for (int w = 0; w < list.count(); w++) {
      int index = list.samples()[w] * size.n() + list.units()[w];
      if (group.contains(index)) {
        count++;
        double exact = encoder.code()[index];
        assertThat((double) list.values()[w])
            .as("sample %d of unit %d", list.samples()[w], list.units()[w])
            .isBetween(exact - rounding, exact + rounding)
            .isPositive();
        assertThat(exact)
            .as("sample %d of unit %d, a winner", list.samples()[w], list.units()[w])
            .isGreaterThanOrEqualTo(threshold - 2 * rounding);
      }
    }
    assertThat(count)
        .as("the winners of %s", group)
        .isBetween(Math.min(k, positive), Math.min(k, perhaps));
  }

  @Test
  default void nanInASampleLosesEverywhereAndIsCounted() {
    Product size = new Product(31, 13, 17);
    RandomValues random = new RandomValues(92);
    Encoder encoder = new Encoder(bench(), size);
    float[] x = random.whole(encoder.batch(), -2, 2);
    x[5 * 17 + 3] = Float.NaN;
    float[] weights = random.whole(encoder.weights(), -2, 2);
    float[] bias = random.whole(encoder.bias(), -2, 2);
    for (SelectionRule rule : rules(size)) {
      TwinWinners winners = encoder.encode(x, weights, bias, rule);
      bench().assertSameWinners(winners);
      assertThat(winners.on(Side.Kind.TESTED).nanCount()).isEqualTo(13);
    }
  }

  /** Thresholds, some of them infinite or NaN, and room for just as many winners as is asked. */
  @ParameterizedTest(name = "winners that fit {0}")
  @MethodSource("dev.wta.api.contract.EncodingContract#encoders")
  default void encodesToFit(Product size) {
    RandomValues random = new RandomValues(95);
    Encoder encoder = new Encoder(bench(), size);
    float[] x = random.whole(encoder.batch(), -2, 2);
    float[] weights = random.whole(encoder.weights(), -2, 2);
    float[] bias = random.whole(encoder.bias(), -2, 2);
    float[] thresholds = random.whole(encoder.bias(), -1, 4);
    for (int u = 0; u < thresholds.length; u += 5) {
      thresholds[u] = u % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
    }
    List<WinnerList> lists = new ArrayList<>();
    for (Backend backend : List.of(bench().tested(), bench().reference())) {
      Memory memory = backend.memory();
      Shape code = Shape.of(size.m(), size.n());
      try (Tensor samples = memory.of(encoder.batch(), x);
          Tensor rows = memory.of(encoder.weights(), weights);
          Tensor shifts = memory.of(encoder.bias(), bias);
          Tensor above = memory.of(encoder.bias(), thresholds);
          Winners winners =
              backend
                  .selection()
                  .encodeToFit(
                      samples,
                      rows,
                      shifts,
                      new SelectionRule.Above(above),
                      count -> memory.allocateWinners(code, count))) {
        lists.add(memory.download(winners));
      }
    }
    TestBench.assertSamePlaces(lists.getFirst(), lists.getLast());
    assertThat(lists.getFirst().values()).isEqualTo(lists.getLast().values());
  }

  /** Rows that are scaled on the way have the winners of scaled rows, or the backend declines. */
  @ParameterizedTest(name = "scaled rows {0}")
  @MethodSource("dev.wta.api.contract.EncodingContract#encoders")
  default void scaledRowsAreEncodedAsIfTheyWereStored(Product size) {
    RandomValues random = new RandomValues(97);
    Backend backend = bench().tested();
    Memory memory = backend.memory();
    Encoder encoder = new Encoder(bench(), size);
    Shape code = Shape.of(size.m(), size.n());
    try (Tensor samples = memory.of(encoder.batch(), random.normal(encoder.batch()));
        Tensor rows = memory.of(encoder.weights(), random.normal(encoder.weights()));
        Tensor scale = memory.of(encoder.bias(), random.uniform(encoder.bias(), 0.1f, 3));
        Tensor bias = memory.of(encoder.bias(), random.normal(encoder.bias()));
        Tensor scaled = memory.allocate(encoder.weights())) {
      backend.dense().zipColumn(Dense.Binary.MULTIPLY, rows, scale, scaled);
      List<SelectionRule> rules = new ArrayList<>(rules(size));
      rules.add(new SelectionRule.Above(scale));
      for (SelectionRule rule : rules) {
        Winners stored =
            backend
                .selection()
                .encodeToFit(
                    samples, scaled, bias, rule, room -> memory.allocateWinners(code, room));
        Optional<Winners> onTheWay =
            backend
                .selection()
                .encodeScaled(
                    samples, rows, scale, bias, rule, room -> memory.allocateWinners(code, room));
        onTheWay.ifPresent(
            found -> {
              WinnerList list = memory.download(found);
              TestBench.assertSamePlaces(list, memory.download(stored));
              assertThat(list.values()).isEqualTo(memory.download(stored).values());
              assertThat(found.nanCount()).isEqualTo(stored.nanCount());
              found.close();
            });
        assertThat(onTheWay.isPresent()).isEqualTo(scalesRows());
        stored.close();
      }
    }
  }

  /** Whether the backend scales rows on the way in {@code encodeScaled}. */
  default boolean scalesRows() {
    return false;
  }

  @Test
  default void encodingReplacesTheLastWinners() {
    Product size = new Product(20, 13, 5);
    RandomValues random = new RandomValues(93);
    Encoder encoder = new Encoder(bench(), size);
    TwinWinners winners = bench().winners(Shape.of(20, 13), 20 * 13);
    for (int k : new int[] {20, 1, 3}) {
      encoder.encode(
          random.whole(encoder.batch(), -2, 2),
          random.whole(encoder.weights(), -2, 2),
          random.whole(encoder.bias(), -2, 2),
          new SelectionRule.Lifetime(k),
          winners);
      bench().assertSameWinners(winners);
    }
  }

  /** An encoder of one size, and the dense code it made last. */
  final class Encoder {
    private final TestBench bench;
    private final Product size;
    private float[] code;
    private float[] magnitudes;

    Encoder(TestBench bench, Product size) {
      this.bench = bench;
      this.size = size;
    }

    Shape batch() {
      return Shape.of(size.m(), size.k());
    }

    Shape weights() {
      return Shape.of(size.n(), size.k());
    }

    Shape bias() {
      return Shape.of(size.n());
    }

    /** What the reference has before selection, without the ReLU. */
    float[] code() {
      return code;
    }

    float[] magnitudes() {
      return magnitudes;
    }

    TwinWinners encode(float[] x, float[] weights, float[] bias, SelectionRule rule) {
      TwinWinners winners = bench.winners(Shape.of(size.m(), size.n()), rule);
      encode(x, weights, bias, rule, winners);
      return winners;
    }

    void encode(float[] x, float[] weights, float[] bias, SelectionRule rule, TwinWinners winners) {
      Twin batch = bench.input(batch(), x);
      Twin matrix = bench.input(weights(), weights);
      Twin offsets = bench.input(bias(), bias);
      Twin dense = bench.output(Shape.of(size.m(), size.n()));
      bench.run(
          s ->
              s.backend()
                  .selection()
                  .encodeWinners(
                      s.of(batch),
                      s.of(matrix),
                      Optional.empty(),
                      s.of(offsets),
                      rule,
                      s.of(winners)));
      bench.runSum(
          s ->
              s.backend()
                  .dense()
                  .gemm(
                      s.of(batch),
                      false,
                      s.of(matrix),
                      true,
                      1,
                      0,
                      Epilogue.bias(s.of(offsets)),
                      s.of(dense)));
      code = bench.expected(dense);
      magnitudes = bench.magnitudes(dense);
    }
  }
}

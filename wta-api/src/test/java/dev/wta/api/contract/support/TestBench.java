package dev.wta.api.contract.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/**
 * The backend under test beside the reference: makes twins of tensors, runs an operation on every
 * side, and compares what came out. {@link #release} takes all twins back.
 */
public final class TestBench implements AutoCloseable {
  /** An odd number of guards, so that nothing is aligned by luck. */
  private static final int GUARDS = 17;

  private final Side tested;
  private final Optional<Side> repeated;
  private final Side reference;
  private final Side magnitude;
  private final List<Twin> twins = new ArrayList<>();
  private final List<TwinWinners> twinWinners = new ArrayList<>();
  private int guards = GUARDS;

  public TestBench(Backend tested) {
    this(tested, Optional.empty());
  }

  /**
   * @param repeated another backend of the tested kind, which must come to the same bits
   */
  public TestBench(Backend tested, Optional<Backend> repeated) {
    Backend scalar = new ReferenceBackendProvider().open(BackendOptions.defaults());
    this.tested = new Side(Side.Kind.TESTED, tested);
    this.repeated = repeated.map(backend -> new Side(Side.Kind.REPEATED, backend));
    this.reference = new Side(Side.Kind.REFERENCE, scalar);
    this.magnitude = new Side(Side.Kind.MAGNITUDE, scalar);
  }

  public Backend tested() {
    return tested.backend();
  }

  public Backend reference() {
    return reference.backend();
  }

  /** How many guards lie before twins that are made from now on. */
  public void guardWith(int numbers) {
    guards = numbers;
  }

  /** A tensor that operations only read. */
  public Twin input(Shape shape, float... values) {
    return twin(shape, values, true);
  }

  /** A tensor that operations read and write. */
  public Twin state(Shape shape, float... values) {
    return twin(shape, values, false);
  }

  /** A tensor that operations write without reading: it holds NaN. */
  public Twin output(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    Arrays.fill(values, Float.NaN);
    return twin(shape, values, false);
  }

  public TwinWinners winners(Shape code, int capacity) {
    TwinWinners made =
        new TwinWinners(tested().memory(), repeatedMemory(), reference().memory(), code, capacity);
    twinWinners.add(made);
    return made;
  }

  public TwinWinners winners(Shape code, SelectionRule rule) {
    return winners(code, rule.capacity(code));
  }

  /**
   * The coefficients that the dense code {@code values} has at the winners, in each side's slots.
   */
  public Twin coefficients(TwinWinners winners, float[] values) {
    Twin code = input(winners.code(), values);
    Twin coefficients = output(Shape.of(winners.capacity()));
    runSum(s -> s.backend().sparse().gather(s.of(winners), s.of(code), s.of(coefficients)));
    return coefficients;
  }

  /** Runs {@code operation} on the tested backend and the reference. */
  public void run(Side.Operation operation) {
    operation.on(tested);
    repeated.ifPresent(operation::on);
    operation.on(reference);
    twins.forEach(Twin::assertSurroundingsUntouched);
  }

  /** Runs {@code operation} with magnitudes as well; see {@link #assertSum}. */
  public void runSum(Side.Operation operation) {
    operation.on(magnitude);
    run(operation);
  }

  /** The result is the reference's, bit for bit, save that a zero may have either sign. */
  public void assertExact(Twin result) {
    assertWithin(result, expected -> 0);
  }

  /** The result is a sum of {@code terms} terms, computed by {@link #runSum}. */
  public void assertSum(Twin result, long terms) {
    float[] magnitudes = download(magnitude, result);
    compare(result, i -> Tolerance.ofSum(terms, magnitudes[i]));
  }

  /** As {@link #assertSum}, of a convolution, whose outputs may share their rounding. */
  public void assertConvolved(Twin result, long terms) {
    float[] own = download(magnitude, result);
    float[] shared = Tolerance.neighbourhoods(own, result.shape());
    compare(result, i -> Tolerance.ofSum(terms, shared[i]));
  }

  /**
   * As {@link #assertSum}, of terms that are products of two rounded numbers.
   *
   * @param rounding the largest relative error of a rounded number
   */
  public void assertRounded(Twin result, long terms, double rounding) {
    float[] magnitudes = download(magnitude, result);
    double ofTerms = 2 * rounding * (1 + rounding);
    compare(result, i -> Tolerance.ofSum(terms, magnitudes[i]) + ofTerms * magnitudes[i]);
  }

  /** The result is near the reference's, by a tolerance that depends on the expected number. */
  public void assertWithin(Twin result, DoubleUnaryOperator tolerance) {
    float[] expected = download(reference, result);
    compare(result, i -> tolerance.applyAsDouble(expected[i]));
  }

  private void compare(Twin result, IntToDoubleFunction tolerance) {
    float[] actual = download(tested, result);
    float[] expected = download(reference, result);
    for (int i = 0; i < expected.length; i++) {
      if (!Tolerance.holds(actual[i], expected[i], tolerance.applyAsDouble(i))) {
        fail(
            "element %d of %s is %s; the reference has %s, and the tolerance is %s",
            i, result.shape(), actual[i], expected[i], tolerance.applyAsDouble(i));
      }
    }
  }

  /** Both sides have the same winners with the same values, and have seen as many NaN. */
  public void assertSameWinners(TwinWinners winners) {
    WinnerList actual = tested().memory().download(winners.on(Side.Kind.TESTED));
    WinnerList expected = reference().memory().download(winners.on(Side.Kind.REFERENCE));
    assertRepeated(winners);
    assertSamePlaces(actual, expected);
    assertThat(actual.values()).as("the winners' values").isEqualTo(expected.values());
    assertThat(winners.on(Side.Kind.TESTED).count()).as("count()").isEqualTo(expected.count());
    assertThat(winners.on(Side.Kind.TESTED).nanCount())
        .as("nanCount()")
        .isEqualTo(winners.on(Side.Kind.REFERENCE).nanCount());
  }

  /** Another backend of the tested kind has the same winners, to the bit. */
  public void assertRepeated(TwinWinners winners) {
    repeated.ifPresent(
        side -> {
          WinnerList actual = tested().memory().download(winners.on(Side.Kind.TESTED));
          WinnerList again = side.backend().memory().download(side.of(winners));
          assertSamePlaces(again, actual);
          assertThat(again.values()).as("the repeated values").isEqualTo(actual.values());
          assertThat(side.of(winners).nanCount())
              .as("the repeated nanCount()")
              .isEqualTo(winners.on(Side.Kind.TESTED).nanCount());
        });
  }

  /** Coefficients that are sums of {@code terms} terms, computed by {@link #runSum}. */
  public void assertSum(TwinWinners winners, Twin coefficients, long terms) {
    WinnerList actual = list(tested, winners, coefficients);
    WinnerList expected = list(reference, winners, coefficients);
    WinnerList magnitudes = list(magnitude, winners, coefficients);
    assertSamePlaces(actual, expected);
    for (int w = 0; w < expected.count(); w++) {
      double tolerance = Tolerance.ofSum(terms, magnitudes.values()[w]);
      if (!Tolerance.holds(actual.values()[w], expected.values()[w], tolerance)) {
        fail(
            "winner %d (sample %d, unit %d, position %d) has the coefficient %s; the reference has"
                + " %s",
            w,
            expected.samples()[w],
            expected.units()[w],
            expected.positions()[w],
            actual.values()[w],
            expected.values()[w]);
      }
    }
  }

  /** The tested backend's numbers. */
  public float[] download(Twin twin) {
    return download(tested, twin);
  }

  /** The reference's numbers. */
  public float[] expected(Twin twin) {
    return download(reference, twin);
  }

  /** The sums of the magnitudes, after {@link #runSum}. */
  public float[] magnitudes(Twin twin) {
    return download(magnitude, twin);
  }

  /** Frees all twins. */
  public void release() {
    twins.forEach(Twin::close);
    twins.clear();
    twinWinners.forEach(TwinWinners::close);
    twinWinners.clear();
  }

  @Override
  public void close() {
    release();
    tested().close();
    repeated.ifPresent(side -> side.backend().close());
    reference().close();
  }

  private Twin twin(Shape shape, float[] values, boolean readOnly) {
    Twin made =
        new Twin(
            tested().memory(),
            repeatedMemory(),
            reference().memory(),
            guards,
            shape,
            values,
            readOnly);
    twins.add(made);
    return made;
  }

  private Optional<Memory> repeatedMemory() {
    return repeated.map(side -> side.backend().memory());
  }

  private static float[] download(Side side, Twin twin) {
    return side.backend().memory().download(side.of(twin));
  }

  private static WinnerList list(Side side, TwinWinners winners, Twin coefficients) {
    return side.backend().memory().download(side.of(winners), side.of(coefficients));
  }

  public static void assertSamePlaces(WinnerList actual, WinnerList expected) {
    assertThat(actual.units()).as("the winners' units").isEqualTo(expected.units());
    assertThat(actual.samples()).as("the winners' samples").isEqualTo(expected.samples());
    assertThat(actual.positions()).as("the winners' positions").isEqualTo(expected.positions());
  }
}

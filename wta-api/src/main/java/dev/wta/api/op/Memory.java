package dev.wta.api.op;

import dev.wta.api.IntSize;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A backend's memory. Sizes are in float32 elements; host arrays are row-major like tensors. */
public interface Memory {

  /** A tensor of zeros, to be closed by the caller. */
  Tensor allocate(Shape shape);

  /** The bytes that can be held at most; {@link Long#MAX_VALUE} where that is not known. */
  default long most() {
    return Long.MAX_VALUE;
  }

  /**
   * Winners of a code of shape {@code (samples, units[, height, width])}, empty at first, with room
   * for {@code capacity}.
   */
  Winners allocateWinners(Shape code, int capacity);

  /** Copies {@code target.size()} numbers from {@code source}, starting at {@code offset}. */
  void upload(float[] source, int offset, Tensor target);

  /**
   * Copies all of {@code source} into {@code target}, starting at {@code offset}. Waits for the
   * device.
   */
  void download(Tensor source, float[] target, int offset);

  /**
   * Replaces the winners held by {@code target}; values that are not positive are kept as they are
   * given, and no NaN counts as seen. The list is in canonical order, each winner once.
   */
  void upload(WinnerList source, Winners target);

  /** The winners in canonical order with their coefficients as values. Waits for the device. */
  WinnerList download(Winners winners, Tensor coefficients);

  /**
   * Copies winners of some units' code to a code of all units: those of unit {@code u} become those
   * of unit {@code units[u]}.
   *
   * @param coefficients of {@code source}, which become {@code target}'s values, kept as they are
   * @param units ascending, each at most once; units of {@code source} beyond these have no winners
   * @param target overwritten; of the same samples and positions, and of no less capacity. No NaN
   *     counts as seen
   */
  default void spread(Winners source, Tensor coefficients, int[] units, Winners target) {
    WinnerList list = download(source, coefficients);
    int[] spread = IntStream.of(list.units()).map(unit -> units[unit]).toArray();
    upload(new WinnerList(list.samples(), spread, list.positions(), list.values()), target);
  }

  /**
   * Copies the winners of some units' activations, with their values.
   *
   * @param fromUnit the first of these units
   * @param toUnit one past the last of them
   * @param target overwritten; of the same code and of no less capacity. No NaN counts as seen
   */
  default void sliceUnits(Winners source, int fromUnit, int toUnit, Winners target) {
    WinnerList list = download(source);
    upload(list.filter(w -> fromUnit <= list.units()[w] && list.units()[w] < toUnit), target);
  }

  /**
   * Copies the winners that a sample has between its {@code from} largest and its {@code to}
   * largest, with their values, which are no NaN. Of equal ones, that of the lower unit, and in a
   * unit that of the lower position, counts as larger.
   *
   * @param target overwritten; of the same code and of no less capacity. No NaN counts as seen
   */
  default void sliceRanks(Winners source, int from, int to, Winners target) {
    WinnerList list = download(source);
    int[] ranks = list.ranks();
    upload(list.filter(w -> from <= ranks[w] && ranks[w] < to), target);
  }

  /**
   * Copies the winners whose coefficients are positive, which become their values. NaN is not
   * positive.
   *
   * @param coefficients of {@code source}
   * @param room is called once, with a number from that of the copies to {@code source}'s capacity;
   *     returns other winners of the same code with at least that capacity, which are overwritten
   * @return what {@code room} returned. As many NaN count as seen as in {@code source}
   */
  Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room);

  /**
   * The smallest of the winners' values, which are no NaN; positive infinity where there are none.
   *
   * @param out {@code (1)}
   */
  default void least(Winners winners, Tensor out) {
    float least = Float.POSITIVE_INFINITY;
    for (float value : download(winners).values()) {
      least = Math.min(least, value);
    }
    fill(out, least);
  }

  /** Copies element by element between tensors of one size; shapes may differ, overlap may not. */
  void copy(Tensor source, Tensor target);

  void fill(Tensor target, float value);

  /**
   * Promises that nobody writes to a tensor, or to others that share its memory, until it is
   * closed: a backend may then keep it in other forms besides, such as packed for a kernel.
   */
  default void freeze(Tensor tensor) {}

  /** Returns when everything asked of this backend so far is done. */
  void synchronise();

  /** The winners in canonical order. Waits for the device. */
  default WinnerList download(Winners winners) {
    return download(winners, winners.values());
  }

  /** All elements of {@code source} in a new array. Waits for the device. */
  default float[] download(Tensor source) {
    float[] target = new float[IntSize.of(source.size(), "numbers of", source.shape())];
    download(source, target, 0);
    return target;
  }

  /** A new tensor that holds {@code values}, to be closed by the caller. */
  default Tensor of(Shape shape, float... values) {
    Tensor tensor = allocate(shape);
    upload(values, 0, tensor);
    return tensor;
  }
}

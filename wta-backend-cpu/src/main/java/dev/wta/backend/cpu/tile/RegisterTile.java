package dev.wta.backend.cpu.tile;

import dev.wta.backend.cpu.vector.VectorWidth;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A block of sums that a kernel keeps in vector registers. Each step multiplies one factor of every
 * row into the vectors of all columns, so that what is loaded serves many sums.
 *
 * <p>The sums must be local variables, and everything is in one method: the compiler keeps them in
 * registers only so, and a vector that crosses a call which is not inlined is boxed. Therefore the
 * build generates the subclasses, each with its loops unrolled, from {@code src/main/tiles}: the
 * table {@code shapes.txt} names the shapes, a template a kernel says what they do.
 */
public abstract class RegisterTile {
  /** The fewest vector registers that hold what a step needs. */
  final int registers;

  /** The rows of sums. */
  public final int rows;

  /** The vectors of sums in a row. */
  public final int vectors;

  RegisterTile(int registers, int rows, int vectors) {
    this.registers = registers;
    this.rows = rows;
    this.vectors = vectors;
  }

  /** The widest tile among those wanted that fit into the machine's registers, then the highest. */
  static <T extends RegisterTile> T widest(List<T> tiles, Predicate<T> wanted) {
    return tiles.stream()
        .filter(tile -> tile.fits() && wanted.test(tile))
        .max(Comparator.<T>comparingInt(tile -> tile.vectors).thenComparingInt(tile -> tile.rows))
        .orElseThrow(() -> new AssertionError("shapes.txt lacks a tile that fits"));
  }

  /** Whether this machine has the registers for it. */
  boolean fits() {
    return registers <= VectorWidth.registers();
  }
}

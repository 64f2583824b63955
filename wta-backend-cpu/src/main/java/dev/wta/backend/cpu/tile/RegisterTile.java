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
  /** The rows of sums. */
  public final int rows;

  /** The vectors of sums in a row. */
  public final int vectors;

  RegisterTile(int rows, int vectors) {
    this.rows = rows;
    this.vectors = vectors;
  }

  /** Whether its sums fit into the registers, beside a vector of each column and one factor. */
  private boolean fits() {
    return rows * vectors + vectors + 1 <= VectorWidth.registers();
  }

  /** The tile of the most sums among those wanted whose sums fit into the registers. */
  static <T extends RegisterTile> T largest(List<T> tiles, Predicate<T> wanted) {
    return tiles.stream()
        .filter(RegisterTile::fits)
        .filter(wanted)
        .max(Comparator.comparingInt(tile -> tile.rows * tile.vectors))
        .orElseThrow(() -> new AssertionError("shapes.txt lacks a tile that fits"));
  }
}

package dev.wta.models.shard;

import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a model's units are divided among ranks: into blocks of neighbours, of which each rank owns
 * whole ones. What is computed of a block does not depend on which rank does it, and sums over
 * units are sums over blocks in the order of one binary tree. So results do not depend on the
 * number of ranks, to the bit.
 *
 * <p>They do depend on the number of blocks: floating-point addition is not associative, and a
 * model that is not divided adds its units in another order. The last bits differ then; with one
 * block they do not.
 *
 * @param units of the model
 * @param count of the blocks, a power of two, at most the units
 */
public record Blocks(int units, int count) {
  private static final int UNITS_OF_A_BLOCK = 4096;
  private static final int FEWEST = 8;
  private static final int MOST = 256;

  public Blocks {
    if (count < 1 || Integer.bitCount(count) != 1 || count > units) {
      throw new IllegalArgumentException(
          "%d blocks of %d units: give a power of two, at most the units".formatted(count, units));
    }
  }

  /**
   * The blocks that a model has by its number of units alone: the smallest power of two that leaves
   * at most 4096 units in a block, but at least 8 and at most 256, and no more than the units.
   */
  public static Blocks of(int units) {
    int wanted = Integer.highestOneBit(Math.ceilDiv(units, UNITS_OF_A_BLOCK) * 2 - 1);
    int count = Math.clamp(wanted, FEWEST, MOST);
    return new Blocks(units, Math.min(count, Integer.highestOneBit(units)));
  }

  /** The first unit of a block; {@link #units()} for the one after the last. */
  public int from(int block) {
    return Math.toIntExact((long) units * block / count);
  }

  /** How many units a block has. */
  public int unitsOf(int block) {
    return from(block + 1) - from(block);
  }

  /** The first block of a rank; {@link #count} for the one after the last. */
  public int firstOf(int rank, int ranks) {
    return Math.toIntExact((long) count * rank / ranks);
  }

  /**
   * Checks that there is a block for each rank.
   *
   * @throws WtaException if there are more ranks
   */
  public void requireFor(int ranks) {
    if (ranks > count) {
      throw new WtaException(
          "%,d units are divided into %d blocks, and there are %d ranks"
              .formatted(units, count, ranks),
          "use at most %d ranks, or give the model more units".formatted(count));
    }
  }

  /**
   * Neighbouring blocks that a node of the tree stands for.
   *
   * @param from the first block, a multiple of {@code size}
   * @param size how many, a power of two
   */
  record Node(int from, int size) {
    /**
     * Its place in the tree: 1 is the root, {@code 2 i} and {@code 2 i + 1} are below {@code i}.
     */
    int index(Blocks blocks) {
      return (blocks.count + from) / size;
    }
  }

  /** The largest nodes of the tree that make up a rank's blocks, in the blocks' order. */
  List<Node> nodesOf(int rank, int ranks) {
    List<Node> nodes = new ArrayList<>();
    int from = firstOf(rank, ranks);
    int end = firstOf(rank + 1, ranks);
    while (from < end) {
      int aligned = from == 0 ? count : Integer.lowestOneBit(from);
      int size = Math.min(aligned, Integer.highestOneBit(end - from));
      nodes.add(new Node(from, size));
      from += size;
    }
    return nodes;
  }
}

package dev.wta.models.shard;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Tape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What the ranks of a model compute together. Every method is a collective: all ranks call it in
 * the same order, and all get the same bits, whatever their number.
 */
public final class Collective {
  private final Ranks ranks;
  private final Blocks blocks;
  private final List<Blocks.Node> own;
  private final ByteBuffer[] room;
  private final float[][] tree; // what ranks have summed, by place in the blocks' tree
  private ByteBuffer shared = ByteBuffer.allocate(0);
  private float[] numbers = {}; // between tensors and buffers

  /**
   * @throws WtaException if there are more ranks than blocks
   */
  public Collective(Ranks ranks, Blocks blocks) {
    blocks.requireFor(ranks.count());
    this.ranks = ranks;
    this.blocks = blocks;
    own = blocks.nodesOf(ranks.rank(), ranks.count());
    room = new ByteBuffer[ranks.count()];
    Arrays.setAll(room, _ -> ByteBuffer.allocate(0));
    tree = new float[2 * blocks.count()][];
  }

  public Blocks blocks() {
    return blocks;
  }

  public Ranks ranks() {
    return ranks;
  }

  /** Whether this rank has no connection to the others, so that it can only find candidates. */
  boolean isUnconnected() {
    return ranks instanceof UnconnectedRank;
  }

  /** The first block of this rank. */
  public int firstBlock() {
    return blocks.firstOf(ranks.rank(), ranks.count());
  }

  /** The block after the last of this rank. */
  public int endBlock() {
    return blocks.firstOf(ranks.rank() + 1, ranks.count());
  }

  /**
   * Empty buffers to exchange, a rank each.
   *
   * @param bytes the most that each rank gets
   */
  ByteBuffer[] buffers(long bytes) {
    for (int to = 0; to < room.length; to++) {
      room[to] = withRoom(room[to], bytes);
    }
    return room.clone();
  }

  /** An empty buffer for {@link #share}. */
  private ByteBuffer buffer(long bytes) {
    shared = withRoom(shared, bytes);
    return shared;
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, long bytes) {
    int needed = IntSize.of(bytes, "bytes that a rank sends to another");
    return buffer.capacity() < needed
        ? ByteBuffer.allocate(needed).order(ByteOrder.LITTLE_ENDIAN)
        : buffer.clear();
  }

  /** Exchanges buffers that were written to. */
  ByteBuffer[] exchange(ByteBuffer[] written) {
    for (ByteBuffer part : written) {
      part.flip();
    }
    return ranks.exchange(written);
  }

  /** Gives every rank the same bytes. */
  private ByteBuffer[] share(ByteBuffer written) {
    ByteBuffer[] parts = new ByteBuffer[ranks.count()];
    written.flip();
    Arrays.setAll(parts, _ -> written.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    return ranks.exchange(parts);
  }

  /** The first of the samples that a rank finishes sums of. */
  static int firstSample(int rank, int ranks, int samples) {
    return Math.toIntExact((long) samples * rank / ranks);
  }

  /** Writes what a block adds to a sum. */
  @FunctionalInterface
  interface Addend {
    /**
     * @param block of the model
     * @param out overwritten
     */
    void write(int block, Tensor out);
  }

  /**
   * The sum over all blocks of a matrix each. A rank sums its own blocks as far as the tree allows,
   * sends each rank its share of the samples, finishes the sums of its own share, and sends these
   * to all: {@code 2 * samples * width} floats sent and received by each rank, where their number
   * is a power of two. A rank alone sums into {@code out} itself.
   *
   * @param addend called for this rank's blocks alone
   * @param out {@code (samples, width)}
   */
  void sum(Tape tape, Addend addend, Tensor out) {
    Tensor[] spare = new Tensor[Integer.SIZE];
    if (ranks.count() == 1) {
      sumNode(tape, addend, 0, blocks.count(), out, spare);
      return;
    }
    Memory memory = tape.backend().memory();
    int width = out.shape().rowSize();
    int samples = out.shape().rows();
    int most = Math.ceilDiv(samples, ranks.count());
    ByteBuffer[] parts = buffers((long) own.size() * most * width * Float.BYTES);
    Tensor sum = tape.temporary(out.shape());
    for (Blocks.Node node : own) {
      sumNode(tape, addend, node.from(), node.size(), sum, spare);
      for (int to = 0; to < parts.length; to++) {
        int from = firstSample(to, parts.length, samples);
        int count = firstSample(to + 1, parts.length, samples) - from;
        numbers = withRoom(numbers, count * width);
        memory.download(sum.rows(from, count), numbers, 0);
        write(numbers, count * width, parts[to]);
      }
    }
    int mine = parts[ranks.rank()].position() / Float.BYTES / own.size();
    float[] finished = finish(exchange(parts), mine);
    ByteBuffer written = buffer((long) mine * Float.BYTES);
    write(finished, mine, written);
    ByteBuffer[] all = share(written);
    for (int rank = 0; rank < all.length; rank++) {
      int from = firstSample(rank, all.length, samples);
      int count = firstSample(rank + 1, all.length, samples) - from;
      numbers = withRoom(numbers, count * width);
      read(all[rank], numbers, count * width);
      memory.upload(numbers, 0, out.rows(from, count));
    }
  }

  private static float[] withRoom(float[] array, int count) {
    return array == null || array.length < count ? new float[count] : array;
  }

  /** The sum of a node's blocks, all of them this rank's. */
  private static void sumNode(
      Tape tape, Addend addend, int from, int size, Tensor into, Tensor[] spare) {
    if (size == 1) {
      addend.write(from, into);
      return;
    }
    int half = size / 2;
    sumNode(tape, addend, from, half, into, spare);
    int level = Integer.numberOfTrailingZeros(size);
    if (spare[level] == null) {
      spare[level] = tape.temporary(into.shape());
    }
    sumNode(tape, addend, from + half, half, spare[level], spare);
    tape.backend().dense().zip(Dense.Binary.ADD, into, spare[level], into);
  }

  /** The {@code count} sums of this rank's samples, of what each rank has summed of them. */
  private float[] finish(ByteBuffer[] received, int count) {
    for (int rank = 0; rank < received.length; rank++) {
      for (Blocks.Node node : blocks.nodesOf(rank, received.length)) {
        int place = node.index(blocks);
        tree[place] = withRoom(tree[place], count);
        read(received[rank], tree[place], count);
      }
    }
    return sumFrom(1, count);
  }

  private float[] sumFrom(int node, int count) {
    if (tree[node] != null) {
      return tree[node];
    }
    float[] sum = sumFrom(2 * node, count);
    float[] right = sumFrom(2 * node + 1, count);
    for (int i = 0; i < count; i++) {
      sum[i] += right[i];
    }
    return sum;
  }

  /**
   * The sum over all blocks of some numbers each, in double precision.
   *
   * @param ofOwnBlocks {@code (this rank's blocks, numbers)}
   */
  public double[] sum(double[][] ofOwnBlocks) {
    int numbers = ofOwnBlocks[0].length;
    ByteBuffer mine = buffer((long) ofOwnBlocks.length * numbers * Double.BYTES);
    for (double[] block : ofOwnBlocks) {
      for (double number : block) {
        mine.putDouble(number);
      }
    }
    ByteBuffer[] received = share(mine);
    double[][] all = new double[blocks.count()][numbers];
    int block = 0;
    for (ByteBuffer part : received) {
      while (part.hasRemaining()) {
        for (int i = 0; i < numbers; i++) {
          all[block][i] = part.getDouble();
        }
        block++;
      }
    }
    for (int distance = 1; distance < all.length; distance *= 2) {
      for (int left = 0; left < all.length; left += 2 * distance) {
        for (int i = 0; i < numbers; i++) {
          all[left][i] += all[left + distance][i];
        }
      }
    }
    return all[0];
  }

  /** The sums over all ranks of some whole numbers each. */
  public long[] sum(long[] mine) {
    ByteBuffer written = buffer((long) mine.length * Long.BYTES);
    for (long number : mine) {
      written.putLong(number);
    }
    long[] sums = new long[mine.length];
    for (ByteBuffer part : share(written)) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += part.getLong();
      }
    }
    return sums;
  }

  /** The largest over all ranks of some numbers each; NaN where one is. */
  public float[] maximum(float[] mine) {
    ByteBuffer written = buffer((long) mine.length * Float.BYTES);
    write(mine, mine.length, written);
    float[] largest = mine.clone();
    for (ByteBuffer part : share(written)) {
      for (int i = 0; i < largest.length; i++) {
        largest[i] = Math.max(largest[i], part.getFloat());
      }
    }
    return largest;
  }

  /** The numbers that each rank has, by rank; they may be of different lengths. */
  int[][] gather(int[] mine) {
    ByteBuffer written = buffer((long) mine.length * Integer.BYTES);
    written.asIntBuffer().put(mine);
    written.position(mine.length * Integer.BYTES);
    ByteBuffer[] received = share(written);
    int[][] all = new int[received.length][];
    for (int rank = 0; rank < all.length; rank++) {
      all[rank] = new int[received[rank].remaining() / Integer.BYTES];
      received[rank].asIntBuffer().get(all[rank]);
    }
    return all;
  }

  /**
   * Checks that something is the same on all ranks that meet.
   *
   * @param what for the message: {@code the backend's arithmetic}
   * @throws WtaException if it is not, on every rank
   */
  public void requireSame(String what, String mine) {
    if (isUnconnected()) {
      return;
    }
    byte[] bytes = mine.getBytes(StandardCharsets.UTF_8);
    ByteBuffer[] received = share(buffer(bytes.length).put(bytes));
    String first = StandardCharsets.UTF_8.decode(received[0].duplicate()).toString();
    for (int rank = 1; rank < received.length; rank++) {
      String other = StandardCharsets.UTF_8.decode(received[rank].duplicate()).toString();
      if (!other.equals(first)) {
        throw new WtaException(
            "%s is %s on rank 0 and %s on rank %d".formatted(what, first, other, rank),
            "start all ranks alike, on machines of one kind");
      }
    }
  }

  private static void write(float[] from, int count, ByteBuffer to) {
    to.asFloatBuffer().put(from, 0, count);
    to.position(to.position() + count * Float.BYTES);
  }

  private static void read(ByteBuffer from, float[] to, int count) {
    from.asFloatBuffer().get(to, 0, count);
    from.position(from.position() + count * Float.BYTES);
  }
}

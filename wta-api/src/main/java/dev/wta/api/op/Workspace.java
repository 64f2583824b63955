package dev.wta.api.op;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Recycles the temporaries of a step. {@link #tensor} and {@link #winners} hand out what earlier
 * steps gave back, and allocate only what is asked for the first time, so the steady state
 * allocates nothing. {@link #reset} takes everything back at once; what was handed out before must
 * not be used after it. What has not been requested for a while is freed.
 */
public final class Workspace implements AutoCloseable {
  /** The smallest capacity of winners that are asked for by their number. */
  private static final int LEAST_ROOM = 1024;

  /** Resets after which what nobody asked for is freed. */
  static final int KEPT_RESETS = 64;

  private record CodeShape(Shape code, int capacity) {}

  /** What is free of one kind. */
  private static final class Pool<T> {
    private final Deque<T> free = new ArrayDeque<>();
    private long lastUse;
  }

  private final Memory memory;
  private final Map<Shape, Pool<Tensor>> tensors = new HashMap<>();
  private final Map<CodeShape, Pool<Winners>> winners = new HashMap<>();
  private final List<Tensor> usedTensors = new ArrayList<>();
  private final List<Winners> usedWinners = new ArrayList<>();
  private long resets;

  public Workspace(Memory memory) {
    this.memory = memory;
  }

  /** A tensor of that shape until {@link #reset}. Its content is whatever the last user left. */
  public Tensor tensor(Shape shape) {
    Pool<Tensor> pool = pool(tensors, shape);
    Tensor tensor = pool.free.isEmpty() ? memory.allocate(shape) : pool.free.pop();
    usedTensors.add(tensor);
    return tensor;
  }

  /**
   * Room for the winners that {@code rule} leaves of a code of that shape, until {@link #reset}.
   */
  public Winners winners(Shape code, SelectionRule rule) {
    return winners(new CodeShape(code, rule.capacity(code)));
  }

  /**
   * Room for {@code count} winners of a code of that shape, and for up to half as many besides,
   * until {@link #reset}: few capacities serve numbers that change from step to step.
   */
  public Winners winners(Shape code, int count) {
    int power = Integer.highestOneBit(Math.max(LEAST_ROOM, count) - 1);
    long capacity = count > power + power / 2 ? 2L * power : power + power / 2;
    return winners(new CodeShape(code, (int) Math.max(count, Math.min(capacity, code.size()))));
  }

  private Winners winners(CodeShape key) {
    Pool<Winners> pool = pool(winners, key);
    Winners handed =
        pool.free.isEmpty() ? memory.allocateWinners(key.code(), key.capacity()) : pool.free.pop();
    usedWinners.add(handed);
    return handed;
  }

  private <K, T> Pool<T> pool(Map<K, Pool<T>> pools, K key) {
    Pool<T> pool = pools.computeIfAbsent(key, _ -> new Pool<>());
    pool.lastUse = resets;
    return pool;
  }

  /**
   * Takes back everything handed out since the last reset. The same requests in the same order get
   * the same ones, so that a device can recognise a repeated step.
   */
  public void reset() {
    for (Tensor tensor : usedTensors.reversed()) {
      pool(tensors, tensor.shape()).free.push(tensor);
    }
    for (Winners used : usedWinners.reversed()) {
      pool(winners, new CodeShape(used.code(), used.capacity())).free.push(used);
    }
    usedTensors.clear();
    usedWinners.clear();
    resets++;
    freeUnused(tensors, Tensor::close);
    freeUnused(winners, Winners::close);
  }

  private <K, T> void freeUnused(Map<K, Pool<T>> pools, Consumer<T> close) {
    pools
        .values()
        .removeIf(
            pool -> {
              boolean unused = resets - pool.lastUse > KEPT_RESETS;
              if (unused) {
                pool.free.forEach(close);
              }
              return unused;
            });
  }

  /** Frees everything, handed out or not. */
  @Override
  public void close() {
    reset();
    tensors.values().forEach(pool -> pool.free.forEach(Tensor::close));
    winners.values().forEach(pool -> pool.free.forEach(Winners::close));
    tensors.clear();
    winners.clear();
  }
}

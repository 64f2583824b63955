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

/**
 * Recycles the temporaries of a step. {@link #tensor} and {@link #winners} hand out what earlier
 * steps gave back, and allocate only what is asked for the first time, so the steady state
 * allocates nothing. {@link #reset} takes everything back at once; whatever was handed out must not
 * be used after it.
 */
public final class Workspace implements AutoCloseable {
  private record CodeShape(Shape code, int capacity) {}

  private final Memory memory;
  private final Map<Shape, Deque<Tensor>> freeTensors = new HashMap<>();
  private final Map<CodeShape, Deque<Winners>> freeWinners = new HashMap<>();
  private final List<Tensor> usedTensors = new ArrayList<>();
  private final List<Winners> usedWinners = new ArrayList<>();

  public Workspace(Memory memory) {
    this.memory = memory;
  }

  /** A tensor of that shape until {@link #reset}. Its content is whatever the last user left. */
  public Tensor tensor(Shape shape) {
    Deque<Tensor> free = freeTensors.get(shape);
    Tensor tensor = free == null || free.isEmpty() ? memory.allocate(shape) : free.pop();
    usedTensors.add(tensor);
    return tensor;
  }

  /**
   * Room for the winners that {@code rule} leaves of a code of that shape, until {@link #reset}.
   */
  public Winners winners(Shape code, SelectionRule rule) {
    CodeShape key = new CodeShape(code, rule.capacity(code));
    Deque<Winners> free = freeWinners.get(key);
    Winners winners =
        free == null || free.isEmpty() ? memory.allocateWinners(code, key.capacity()) : free.pop();
    usedWinners.add(winners);
    return winners;
  }

  /**
   * Takes back everything handed out since the last reset. Whoever asks for the same things in the
   * same order gets the same ones, so that a device may tell that a step repeats.
   */
  public void reset() {
    for (Tensor tensor : usedTensors.reversed()) {
      freeTensors.computeIfAbsent(tensor.shape(), shape -> new ArrayDeque<>()).push(tensor);
    }
    for (Winners winners : usedWinners.reversed()) {
      freeWinners
          .computeIfAbsent(
              new CodeShape(winners.code(), winners.capacity()), key -> new ArrayDeque<>())
          .push(winners);
    }
    usedTensors.clear();
    usedWinners.clear();
  }

  /** Frees everything, handed out or not. */
  @Override
  public void close() {
    reset();
    freeTensors.values().forEach(free -> free.forEach(Tensor::close));
    freeWinners.values().forEach(free -> free.forEach(Winners::close));
    freeTensors.clear();
    freeWinners.clear();
  }
}

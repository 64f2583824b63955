package dev.wta.backend.cuda.device;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graphs of lists of launches that came several times, by their kernels. What was used last is
 * first, and what has not been used for long is given up.
 */
final class LaunchGraphs implements AutoCloseable {
  /** Shorter lists are issued one by one just as fast. */
  private static final int LEAST_KERNELS = 4;

  /** A graph is made the so many-th time, because making it costs several times its launch. */
  private static final int TIMES = 3;

  private static final int MOST_SEQUENCES = 64;

  private static final Logger log = LoggerFactory.getLogger(LaunchGraphs.class);

  private final Device device;
  private final List<Sequence> sequences = new ArrayList<>();
  private boolean noRoom;

  LaunchGraphs(Device device) {
    this.device = device;
  }

  /** Kernels that came in this order. */
  private static final class Sequence {
    final long[] functions;
    int times;
    LaunchGraph graph;

    Sequence(LaunchList list) {
      functions = new long[list.size()];
      for (int i = 0; i < functions.length; i++) {
        functions[i] = list.call(i).function();
      }
    }

    boolean is(LaunchList list) {
      if (list.size() != functions.length) {
        return false;
      }
      for (int i = 0; i < functions.length; i++) {
        if (list.call(i).function() != functions[i]) {
          return false;
        }
      }
      return true;
    }
  }

  /** Launches the list as a graph; false if it is not worth one, and nothing was done. */
  boolean launch(LaunchList list, Driver driver) {
    if (noRoom || list.size() < LEAST_KERNELS) {
      return false;
    }
    Sequence sequence = find(list);
    sequence.times++;
    if (sequence.graph == null && sequence.times >= TIMES) {
      sequence.graph = make(list);
    }
    if (sequence.graph == null) {
      return false;
    }
    try {
      sequence.graph.launch(list, driver, device.stream());
      return true;
    } catch (CudaException failed) {
      sequences.remove(sequence);
      giveBack(sequence);
      throw failed;
    }
  }

  /** The list's sequence, which is the first from now on. */
  private Sequence find(LaunchList list) {
    for (int i = 0; i < sequences.size(); i++) {
      Sequence sequence = sequences.get(i);
      if (sequence.is(list)) {
        if (i > 0) {
          sequences.remove(i);
          sequences.addFirst(sequence);
        }
        return sequence;
      }
    }
    Sequence sequence = new Sequence(list);
    sequences.addFirst(sequence);
    if (sequences.size() > MOST_SEQUENCES) {
      giveBack(sequences.removeLast());
    }
    return sequence;
  }

  /** Null if the device has no room for graphs: then there will be none. */
  private LaunchGraph make(LaunchList list) {
    try {
      return new LaunchGraph(list, device);
    } catch (CudaException failed) {
      if (!failed.isOutOfMemory()) {
        throw failed;
      }
      noRoom = true;
      log.warn("the device has no room for a graph: kernels are launched one by one from here on");
      return null;
    }
  }

  private void giveBack(Sequence sequence) {
    LaunchGraph graph = sequence.graph;
    if (graph != null) {
      device.release(
          "a graph",
          driver -> {
            driver.synchronise(device.stream());
            graph.destroy(driver);
          });
    }
  }

  @Override
  public void close() {
    sequences.forEach(this::giveBack);
    sequences.clear();
  }
}

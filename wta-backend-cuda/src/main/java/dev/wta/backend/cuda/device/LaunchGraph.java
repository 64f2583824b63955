package dev.wta.backend.cuda.device;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.backend.cuda.binding.CudaException;
import dev.wta.backend.cuda.binding.Driver;
import dev.wta.backend.cuda.binding.KernelCall;
import java.lang.foreign.MemorySegment;

/**
 * A CUDA graph of certain kernels, one after the other, and the grids and arguments that its nodes
 * last received: only those that have changed since are sent again.
 */
final class LaunchGraph {
  private final String name;
  private final KernelCall[] calls;
  private final long[] nodes;
  private final MemorySegment values;
  private final long graph;
  private final long executable;

  /** Makes the graph of what is in a list, which is not empty. */
  LaunchGraph(LaunchList list, Device device) {
    Driver driver = device.use();
    int size = list.size();
    name =
        "%d kernels from %s to %s (-D%s=off launches them one by one)"
            .formatted(size, list.call(0).name(), list.call(size - 1).name(), Launches.PROPERTY);
    calls = new KernelCall[size];
    nodes = new long[size];
    values = MemorySegment.ofArray(list.values().toArray(JAVA_LONG));
    graph = driver.graphs().create();
    try {
      long last = 0;
      for (int i = 0; i < size; i++) {
        last = driver.graphs().addKernel(graph, last, list.call(i));
        nodes[i] = last;
        calls[i] = list.call(i);
      }
      executable = driver.graphs().instantiate(graph);
    } catch (CudaException failed) {
      device.release("a graph", current -> current.graphs().destroy(graph));
      throw failed;
    }
  }

  /**
   * Launches the kernels with the grids and arguments of a list that has the same ones. After a
   * failure the graph is of no use.
   */
  void launch(LaunchList list, Driver driver, long stream) {
    boolean allTheSame = list.values().mismatch(values) < 0;
    for (int i = 0; i < calls.length; i++) {
      KernelCall call = list.call(i);
      if (!sameGrid(call, calls[i]) || !(allTheSame || sameArguments(list, i))) {
        driver.graphs().setKernel(executable, nodes[i], call);
        calls[i] = call;
      }
    }
    values.copyFrom(list.values());
    driver.graphs().launch(name, executable, stream);
  }

  /** Gives the graph back, which must not be under way. */
  void destroy(Driver driver) {
    driver.graphs().destroyExecutable(executable);
    driver.graphs().destroy(graph);
  }

  private boolean sameArguments(LaunchList list, int i) {
    long start = list.start(i);
    long end = list.start(i + 1);
    return MemorySegment.mismatch(list.values(), start, end, values, start, end) < 0;
  }

  private static boolean sameGrid(KernelCall a, KernelCall b) {
    return a.gridX() == b.gridX()
        && a.gridY() == b.gridY()
        && a.gridZ() == b.gridZ()
        && a.threads() == b.threads();
  }
}

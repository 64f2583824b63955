package dev.wta.backend.cuda.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of the CUDA driver that concern graphs of kernels, each of which follows another. */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class DriverGraphs {
  // CUDA_KERNEL_NODE_PARAMS_v2: where its fields are
  private static final long PARAMETERS = 72;
  private static final long FUNCTION = 0;
  private static final long GRID_X = 8;
  private static final long GRID_Y = 12;
  private static final long GRID_Z = 16;
  private static final long BLOCK_X = 20;
  private static final long BLOCK_Y = 24;
  private static final long BLOCK_Z = 28;
  private static final long ARGUMENTS = 40;

  private final Driver driver;
  private final MethodHandle create;
  private final MethodHandle destroy;
  private final MethodHandle addKernel;
  private final MethodHandle instantiate;
  private final MethodHandle setKernel;
  private final MethodHandle launch;
  private final MethodHandle destroyExecutable;
  private final MemorySegment parameters = Arena.ofAuto().allocate(PARAMETERS, Long.BYTES);

  DriverGraphs(SharedLibrary library, Driver driver) {
    this.driver = driver;
    create = library.statusFunction("cuGraphCreate", ADDRESS, JAVA_INT);
    destroy = library.statusFunction("cuGraphDestroy", JAVA_LONG);
    addKernel =
        library.statusFunction(
            "cuGraphAddKernelNode_v2", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
    instantiate =
        library.statusFunction("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG);
    setKernel =
        library.statusFunction("cuGraphExecKernelNodeSetParams_v2", JAVA_LONG, JAVA_LONG, ADDRESS);
    launch = library.statusFunction("cuGraphLaunch", JAVA_LONG, JAVA_LONG);
    destroyExecutable = library.statusFunction("cuGraphExecDestroy", JAVA_LONG);
  }

  /** An empty graph. */
  public long create() {
    return driver.outLong("cuGraphCreate", out -> (int) create.invokeExact(out, 0));
  }

  public void destroy(long graph) {
    driver.check("cuGraphDestroy", () -> (int) destroy.invokeExact(graph));
  }

  /**
   * Adds a kernel's node.
   *
   * @param after the node that it waits for, or 0
   */
  public long addKernel(long graph, long after, KernelCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment dependency = arena.allocateFrom(JAVA_LONG, after);
      long dependencies = after == 0 ? 0 : 1;
      describe(call);
      return driver.outLong(
          "cuGraphAddKernelNode of " + call.name(),
          out -> (int) addKernel.invokeExact(out, graph, dependency, dependencies, parameters));
    }
  }

  /** Makes what can be launched of a graph, which has to live as long. */
  public long instantiate(long graph) {
    return driver.outLong(
        "cuGraphInstantiate", out -> (int) instantiate.invokeExact(out, graph, 0L));
  }

  /** Gives a node of an executable's graph other arguments and another grid from now on. */
  public void setKernel(long executable, long node, KernelCall call) {
    describe(call);
    driver.check(
        "cuGraphExecKernelNodeSetParams of " + call.name(),
        () -> (int) setKernel.invokeExact(executable, node, parameters));
  }

  /**
   * Starts all kernels of the graph in their order.
   *
   * @param name what an error calls it
   */
  public void launch(String name, long executable, long stream) {
    driver.check("cuGraphLaunch of " + name, () -> (int) launch.invokeExact(executable, stream));
  }

  /** Gives an executable back, which must not be under way. */
  public void destroyExecutable(long executable) {
    driver.check("cuGraphExecDestroy", () -> (int) destroyExecutable.invokeExact(executable));
  }

  private void describe(KernelCall call) {
    parameters.set(JAVA_LONG, FUNCTION, call.function());
    parameters.set(JAVA_INT, GRID_X, call.gridX());
    parameters.set(JAVA_INT, GRID_Y, call.gridY());
    parameters.set(JAVA_INT, GRID_Z, call.gridZ());
    parameters.set(JAVA_INT, BLOCK_X, call.threads());
    parameters.set(JAVA_INT, BLOCK_Y, 1);
    parameters.set(JAVA_INT, BLOCK_Z, 1);
    parameters.set(ADDRESS, ARGUMENTS, call.arguments());
  }
}

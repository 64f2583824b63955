package dev.wta.backend.cuda.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of the CUDA driver that concern stream capture and graphs. */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class DriverGraphs {
  /** No thread's calls are restricted while a stream is captured, and any thread may end it. */
  private static final int RELAXED = 2;

  private static final int CANNOT_BE_UPDATED = 910;

  /** CUgraphExecUpdateResultInfo: a number and two nodes. */
  private static final long RESULT_BYTES = 24;

  private final Driver driver;
  private final MethodHandle beginCapture;
  private final MethodHandle endCapture;
  private final MethodHandle destroy;
  private final MethodHandle instantiate;
  private final MethodHandle update;
  private final MethodHandle launch;
  private final MethodHandle destroyExecutable;
  private final MemorySegment result = Arena.ofAuto().allocate(RESULT_BYTES, Long.BYTES);

  DriverGraphs(SharedLibrary library, Driver driver) {
    this.driver = driver;
    beginCapture = library.statusFunction("cuStreamBeginCapture_v2", JAVA_LONG, JAVA_INT);
    endCapture = library.statusFunction("cuStreamEndCapture", JAVA_LONG, ADDRESS);
    destroy = library.statusFunction("cuGraphDestroy", JAVA_LONG);
    instantiate =
        library.statusFunction("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG);
    update = library.statusFunction("cuGraphExecUpdate_v2", JAVA_LONG, JAVA_LONG, ADDRESS);
    launch = library.statusFunction("cuGraphLaunch", JAVA_LONG, JAVA_LONG);
    destroyExecutable = library.statusFunction("cuGraphExecDestroy", JAVA_LONG);
  }

  /** From here on, what is put on the stream is recorded and does not run. */
  public void beginCapture(long stream) {
    driver.check("cuStreamBeginCapture", () -> (int) beginCapture.invokeExact(stream, RELAXED));
  }

  /** A graph of what was recorded. */
  public long endCapture(long stream) {
    return driver.outLong("cuStreamEndCapture", out -> (int) endCapture.invokeExact(stream, out));
  }

  public void destroy(long graph) {
    driver.check("cuGraphDestroy", () -> (int) destroy.invokeExact(graph));
  }

  /**
   * Makes what can be launched of a graph, which need not live as long.
   *
   * @param name what an error calls it, here and below
   */
  public long instantiate(String name, long graph) {
    return driver.outLong(
        "cuGraphInstantiate of " + name, out -> (int) instantiate.invokeExact(out, graph, 0L));
  }

  /**
   * Gives an executable the arguments and grids of another graph, from its next launch on.
   *
   * @return false if the two differ in more than that: the executable is of no use then
   */
  public boolean update(String name, long executable, long graph) {
    try {
      driver.check(
          "cuGraphExecUpdate of " + name,
          () -> (int) update.invokeExact(executable, graph, result));
      return true;
    } catch (CudaException failed) {
      if (failed.status() == CANNOT_BE_UPDATED) {
        return false;
      }
      throw failed;
    }
  }

  /** Starts all that was recorded, in its order. */
  public void launch(String name, long executable, long stream) {
    driver.check("cuGraphLaunch of " + name, () -> (int) launch.invokeExact(executable, stream));
  }

  /** Gives an executable back, which must not be under way. */
  public void destroyExecutable(long executable) {
    driver.check("cuGraphExecDestroy", () -> (int) destroyExecutable.invokeExact(executable));
  }
}

package dev.wta.backend.cuda.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The calls of the CUDA driver that concern devices, contexts, streams, events, modules and
 * launches. Names are those that the library exports: where the header renames a function by a
 * macro, that is the one with {@code _v2}. Device addresses and handles are longs.
 *
 * <p>All methods throw {@link CudaException} where the driver answers anything but success.
 */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class Driver {
  /** What {@link #attribute} can be asked for, by the driver's numbers. */
  public static final int MULTIPROCESSORS = 16;

  public static final int CAPABILITY_MAJOR = 75;
  public static final int CAPABILITY_MINOR = 76;

  private static final int NON_BLOCKING_STREAM = 1;
  private static final int UNTIMED_EVENT = 2;
  private static final int NAME_LENGTH = 256;

  private final SharedLibrary library;
  private final DriverMemory memory;
  private final DriverGraphs graphs;
  private final MethodHandle init;
  private final MethodHandle version;
  private final MethodHandle deviceCount;
  private final MethodHandle deviceGet;
  private final MethodHandle deviceName;
  private final MethodHandle deviceAttribute;
  private final MethodHandle deviceMemory;
  private final MethodHandle contextRetain;
  private final MethodHandle contextRelease;
  private final MethodHandle contextSetCurrent;
  private final MethodHandle streamCreate;
  private final MethodHandle streamSynchronize;
  private final MethodHandle streamDestroy;
  private final MethodHandle streamWaitEvent;
  private final MethodHandle eventCreate;
  private final MethodHandle eventRecord;
  private final MethodHandle eventSynchronize;
  private final MethodHandle eventDestroy;
  private final MethodHandle moduleLoad;
  private final MethodHandle moduleUnload;
  private final MethodHandle moduleFunction;
  private final MethodHandle launch;
  private final MethodHandle errorName;

  /** The context that calls are about, once there is one; otherwise 0. */
  private long context;

  private Driver(SharedLibrary library) {
    this.library = library;
    init = library.statusFunction("cuInit", JAVA_INT);
    version = library.statusFunction("cuDriverGetVersion", ADDRESS);
    deviceCount = library.statusFunction("cuDeviceGetCount", ADDRESS);
    deviceGet = library.statusFunction("cuDeviceGet", ADDRESS, JAVA_INT);
    deviceName = library.statusFunction("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
    deviceAttribute = library.statusFunction("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
    deviceMemory = library.statusFunction("cuDeviceTotalMem_v2", ADDRESS, JAVA_INT);
    contextRetain = library.statusFunction("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
    contextRelease = library.statusFunction("cuDevicePrimaryCtxRelease_v2", JAVA_INT);
    contextSetCurrent = library.statusFunction("cuCtxSetCurrent", JAVA_LONG);
    streamCreate = library.statusFunction("cuStreamCreate", ADDRESS, JAVA_INT);
    streamSynchronize = library.statusFunction("cuStreamSynchronize", JAVA_LONG);
    streamDestroy = library.statusFunction("cuStreamDestroy_v2", JAVA_LONG);
    streamWaitEvent = library.statusFunction("cuStreamWaitEvent", JAVA_LONG, JAVA_LONG, JAVA_INT);
    eventCreate = library.statusFunction("cuEventCreate", ADDRESS, JAVA_INT);
    eventRecord = library.statusFunction("cuEventRecord", JAVA_LONG, JAVA_LONG);
    eventSynchronize = library.statusFunction("cuEventSynchronize", JAVA_LONG);
    eventDestroy = library.statusFunction("cuEventDestroy_v2", JAVA_LONG);
    moduleLoad = library.statusFunction("cuModuleLoadData", ADDRESS, ADDRESS);
    moduleUnload = library.statusFunction("cuModuleUnload", JAVA_LONG);
    moduleFunction = library.statusFunction("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS);
    launch =
        library.statusFunction(
            "cuLaunchKernel",
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            ADDRESS,
            ADDRESS);
    errorName = library.statusFunction("cuGetErrorName", JAVA_INT, ADDRESS);
    memory = new DriverMemory(library, this);
    graphs = new DriverGraphs(library, this);
  }

  /**
   * The driver, loaded but not initialised; empty where there is none.
   *
   * @throws UnsatisfiedLinkError if it lacks a function: it is older than CUDA 12
   */
  public static Optional<Driver> find(LibrarySearch search) {
    return SharedLibrary.find(search, LibraryNames.ofThisMachine().driver()).map(Driver::new);
  }

  public SharedLibrary library() {
    return library;
  }

  public DriverMemory memory() {
    return memory;
  }

  public DriverGraphs graphs() {
    return graphs;
  }

  public void initialise() {
    check("cuInit", () -> (int) init.invokeExact(0));
  }

  /** The newest CUDA that the driver serves, as 1000 * major + 10 * minor. */
  public int version() {
    return outInt("cuDriverGetVersion", out -> (int) version.invokeExact(out));
  }

  public int deviceCount() {
    return outInt("cuDeviceGetCount", out -> (int) deviceCount.invokeExact(out));
  }

  public int device(int ordinal) {
    return outInt("cuDeviceGet", out -> (int) deviceGet.invokeExact(out, ordinal));
  }

  public String deviceName(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_LENGTH);
      check("cuDeviceGetName", () -> (int) deviceName.invokeExact(name, NAME_LENGTH, device));
      return name.getString(0);
    }
  }

  public int attribute(int attribute, int device) {
    return outInt(
        "cuDeviceGetAttribute", out -> (int) deviceAttribute.invokeExact(out, attribute, device));
  }

  /** The device's memory in bytes. */
  public long deviceMemory(int device) {
    return outLong("cuDeviceTotalMem", out -> (int) deviceMemory.invokeExact(out, device));
  }

  /** The device's primary context, which is released as often as it is retained. */
  public long retainPrimaryContext(int device) {
    return outLong("cuDevicePrimaryCtxRetain", out -> (int) contextRetain.invokeExact(out, device));
  }

  public void releasePrimaryContext(int device) {
    check("cuDevicePrimaryCtxRelease", () -> (int) contextRelease.invokeExact(device));
  }

  /** Says which context all further calls are about, on whatever thread; 0 to say nothing. */
  public void bind(long itsContext) {
    context = itsContext;
  }

  /**
   * Makes the bound context current on this thread, for a call of another library. Every call of
   * the driver does so by itself: threads are the host's, which may use other contexts on them, and
   * a virtual thread may be on another platform thread than a moment ago.
   */
  public void makeCurrent() {
    if (context == 0) {
      return;
    }
    int status;
    try {
      status = (int) contextSetCurrent.invokeExact(context);
    } catch (Throwable impossible) { // no C function throws
      throw new IllegalStateException("cuCtxSetCurrent could not be called", impossible);
    }
    if (status != 0) {
      throw failure("cuCtxSetCurrent", status);
    }
  }

  /** A stream that does not wait for the default one. */
  public long createStream() {
    return outLong(
        "cuStreamCreate", out -> (int) streamCreate.invokeExact(out, NON_BLOCKING_STREAM));
  }

  public void synchronise(long stream) {
    check("cuStreamSynchronize", () -> (int) streamSynchronize.invokeExact(stream));
  }

  public void destroyStream(long stream) {
    check("cuStreamDestroy", () -> (int) streamDestroy.invokeExact(stream));
  }

  /** An event that does not keep the time. One that was never recorded has happened. */
  public long createEvent() {
    return outLong("cuEventCreate", out -> (int) eventCreate.invokeExact(out, UNTIMED_EVENT));
  }

  public void record(long event, long stream) {
    check("cuEventRecord", () -> (int) eventRecord.invokeExact(event, stream));
  }

  /** Has what is put on {@code stream} from now on wait for what the event recorded last. */
  public void await(long event, long stream) {
    check("cuStreamWaitEvent", () -> (int) streamWaitEvent.invokeExact(stream, event, 0));
  }

  /** Returns when what the event recorded last has happened. */
  public void awaitEvent(long event) {
    check("cuEventSynchronize", () -> (int) eventSynchronize.invokeExact(event));
  }

  public void destroyEvent(long event) {
    check("cuEventDestroy", () -> (int) eventDestroy.invokeExact(event));
  }

  /** Loads compiled code, a cubin or PTX. */
  public long loadModule(byte[] image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(image.length + 1L, 16); // PTX ends with a zero
      MemorySegment.copy(image, 0, code, JAVA_BYTE, 0, image.length);
      return outLong("cuModuleLoadData", out -> (int) moduleLoad.invokeExact(out, code));
    }
  }

  public void unloadModule(long module) {
    check("cuModuleUnload", () -> (int) moduleUnload.invokeExact(module));
  }

  public long function(long module, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return outLong(
          "cuModuleGetFunction of " + name,
          out -> (int) moduleFunction.invokeExact(out, module, text));
    }
  }

  /** Starts a kernel; faults show in later calls. */
  public void launch(KernelCall call, long stream) {
    makeCurrent();
    int status;
    try { // not through a lambda: this is the one call that is made thousands of times a second
      status =
          (int)
              launch.invokeExact(
                  call.function(),
                  call.gridX(),
                  call.gridY(),
                  call.gridZ(),
                  call.threads(),
                  1,
                  1,
                  0,
                  stream,
                  call.arguments(),
                  MemorySegment.NULL);
    } catch (Throwable impossible) {
      throw new IllegalStateException("cuLaunchKernel could not be called", impossible);
    }
    if (status != 0) {
      throw failure("cuLaunchKernel of " + call.name(), status);
    }
  }

  /** A call that answers a status. */
  @FunctionalInterface
  interface Call {
    int run() throws Throwable;
  }

  /** A call that answers a status, and a number through a pointer. */
  @FunctionalInterface
  interface OutCall {
    int run(MemorySegment out) throws Throwable;
  }

  void check(String name, Call call) {
    makeCurrent();
    int status;
    try {
      status = call.run();
    } catch (Throwable impossible) { // no C function throws
      throw new IllegalStateException(name + " could not be called", impossible);
    }
    if (status != 0) {
      throw failure(name, status);
    }
  }

  long outLong(String name, OutCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check(name, () -> call.run(out));
      return out.get(JAVA_LONG, 0);
    }
  }

  private int outInt(String name, OutCall call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      check(name, () -> call.run(out));
      return out.get(JAVA_INT, 0);
    }
  }

  CudaException failure(String call, int status) {
    return CudaException.ofDriver(call, status, nameOf(status));
  }

  private String nameOf(int status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      int answered = (int) errorName.invokeExact(status, out);
      MemorySegment name = out.get(ADDRESS, 0);
      return answered != 0 || name.address() == 0
          ? "an unknown status"
          : name.reinterpret(NAME_LENGTH).getString(0);
    } catch (Throwable impossible) {
      throw new IllegalStateException("cuGetErrorName could not be called", impossible);
    }
  }
}

package dev.wta.backend.cuda.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of the CUDA driver that concern memory, on the device and pinned on the host. */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class DriverMemory {
  private final Driver driver;
  private final MethodHandle allocate;
  private final MethodHandle free;
  private final MethodHandle info;
  private final MethodHandle allocateHost;
  private final MethodHandle freeHost;
  private final MethodHandle toDevice;
  private final MethodHandle toHost;

  DriverMemory(SharedLibrary library, Driver driver) {
    this.driver = driver;
    allocate = library.statusFunction("cuMemAlloc_v2", ADDRESS, JAVA_LONG);
    free = library.statusFunction("cuMemFree_v2", JAVA_LONG);
    info = library.statusFunction("cuMemGetInfo_v2", ADDRESS, ADDRESS);
    allocateHost = library.statusFunction("cuMemAllocHost_v2", ADDRESS, JAVA_LONG);
    freeHost = library.statusFunction("cuMemFreeHost", ADDRESS);
    toDevice =
        library.statusFunction("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
    toHost =
        library.statusFunction("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  /** What the device has of memory, in bytes. */
  public record Occupancy(long free, long total) {}

  /** The address of {@code bytes} bytes of device memory, aligned to 256 at least. */
  public long allocate(long bytes) {
    return driver.outLong("cuMemAlloc", out -> (int) allocate.invokeExact(out, bytes));
  }

  /** Waits for all work that may use the memory. */
  public void free(long address) {
    driver.check("cuMemFree", () -> (int) free.invokeExact(address));
  }

  public Occupancy info() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(JAVA_LONG);
      MemorySegment total = arena.allocate(JAVA_LONG);
      driver.check("cuMemGetInfo", () -> (int) info.invokeExact(free, total));
      return new Occupancy(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
    }
  }

  /** Page-locked host memory, which copies to and from the device need not stage. */
  public MemorySegment allocateHost(long bytes) {
    long address =
        driver.outLong("cuMemAllocHost", out -> (int) allocateHost.invokeExact(out, bytes));
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  public void freeHost(MemorySegment memory) {
    driver.check("cuMemFreeHost", () -> (int) freeHost.invokeExact(memory));
  }

  public void copyToDevice(MemorySegment from, long to, long bytes, long stream) {
    driver.check("cuMemcpyHtoDAsync", () -> (int) toDevice.invokeExact(to, from, bytes, stream));
  }

  public void copyToHost(long from, MemorySegment to, long bytes, long stream) {
    driver.check("cuMemcpyDtoHAsync", () -> (int) toHost.invokeExact(to, from, bytes, stream));
  }
}

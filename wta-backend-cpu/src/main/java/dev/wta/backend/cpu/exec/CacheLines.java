package dev.wta.backend.cpu.exec;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Where cache lines begin in arrays of the heap. A vector of a line's size that begins elsewhere
 * lies in two lines, and is read at half the rate.
 *
 * <p>Java does not show addresses. C's {@code memmove}, called on the array itself, returns the one
 * that it is given; the call takes some 4 ns.
 */
final class CacheLines {
  /** Floats of a line. */
  static final int FLOATS = 16;

  private static final int LINE = FLOATS * Float.BYTES;

  private static final Optional<MethodHandle> MEMMOVE = memmove();

  private CacheLines() {}

  @SuppressWarnings("restricted") // asks first whether it is allowed
  private static Optional<MethodHandle> memmove() {
    if (!CacheLines.class.getModule().isNativeAccessEnabled()) {
      return Optional.empty(); // the JVM would warn of the call
    }
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    return linker
        .defaultLookup()
        .find("memmove")
        .map(address -> linker.downcallHandle(address, type, Linker.Option.critical(true)));
  }

  /**
   * The first element that begins a line, now; the garbage collector may move the array, which
   * costs nothing but speed. 0 if native calls are not enabled for this module.
   */
  static int first(float[] array) {
    return first(MemorySegment.ofArray(array));
  }

  static int first(MemorySegment floats) {
    return MEMMOVE.isEmpty()
        ? 0
        : (int) (-address(MEMMOVE.get(), floats) & (LINE - 1)) / Float.BYTES;
  }

  private static long address(MethodHandle memmove, MemorySegment segment) {
    try {
      return (long) memmove.invokeExact(segment, segment, 0L);
    } catch (RuntimeException | Error failed) {
      throw failed;
    } catch (Throwable impossible) { // memmove throws nothing
      throw new IllegalStateException(impossible);
    }
  }
}

package dev.wta.api.op;

import dev.wta.api.WtaException;
import java.util.Locale;

/** Checks that an allocation can fit into memory, before it is made. */
public final class MemoryNeed {
  private static final double GIGA = 1e9;

  private MemoryNeed() {}

  /**
   * Checks that so many numbers can be held.
   *
   * @param what takes the memory, for people, in the plural
   * @param numbers how many float32 numbers that is
   * @throws WtaException if it is more than {@link Memory#most}
   */
  public static void require(Memory memory, String what, double numbers) {
    double bytes = Float.BYTES * numbers;
    if (bytes > memory.most()) {
      throw new WtaException(
          String.format(
              Locale.ROOT,
              "%s take %,.1f GB, and at most %,.1f GB can be held here",
              what,
              bytes / GIGA,
              memory.most() / GIGA),
          "use fewer units or inputs, or more memory; the JVM's is set by -Xmx, as in"
              + " WTA_JAVA_OPTS=-Xmx20g");
    }
  }
}

package dev.wta.backend.cpu.vector;

import dev.wta.api.WtaException;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;

/**
 * The width of vectors: the machine's preferred one, or that of the system property {@value
 * #PROPERTY}.
 */
public final class VectorWidth {
  /** Forces a width of 128, 256 or 512 bits; tests run the kernels at each. */
  public static final String PROPERTY = "wta.vector.bits";

  private VectorWidth() {}

  /**
   * @throws WtaException if the property is none of the widths
   */
  public static VectorShape shape() {
    String bits = System.getProperty(PROPERTY);
    if (bits == null) {
      return FloatVector.SPECIES_PREFERRED.vectorShape();
    }
    return switch (bits) {
      case "128" -> VectorShape.S_128_BIT;
      case "256" -> VectorShape.S_256_BIT;
      case "512" -> VectorShape.S_512_BIT;
      default ->
          throw new WtaException(
              "the system property %s is '%s'".formatted(PROPERTY, bits),
              "set it to 128, 256 or 512, or leave it out");
    };
  }

  /** How many vector registers there are: AVX-512 and AArch64 have 32. */
  public static int registers() {
    boolean many =
        FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 512
            || System.getProperty("os.arch").equals("aarch64");
    return many ? 32 : 16;
  }
}

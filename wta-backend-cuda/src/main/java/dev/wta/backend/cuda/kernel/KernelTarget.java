package dev.wta.backend.cuda.kernel;

import dev.wta.api.WtaException;
import java.util.List;
import java.util.OptionalInt;

/**
 * What NVRTC is to compile for, so that a driver can load it on a card.
 *
 * @param architecture {@code sm_90}, or {@code compute_90} for PTX, which the driver finishes
 * @param binary whether it is a cubin
 */
record KernelTarget(String architecture, boolean binary) {
  /**
   * A cubin for the very card, where the compiler knows it: a driver loads those of its own major
   * version whatever the minor one, and of older ones. For a card that is newer than the compiler,
   * PTX for the newest architecture below it, which a driver understands if it is at least as new
   * as the compiler; if it is not, a cubin for an older card of the same generation.
   *
   * @param capability the card's, as 10 * major + minor
   * @param driver the CUDA version that the driver serves, as 1000 * major + 10 * minor
   * @param compiler NVRTC's CUDA version, in the same form
   * @param known the architectures that NVRTC compiles for
   * @throws WtaException if nothing serves
   */
  static KernelTarget of(int capability, int driver, int compiler, List<Integer> known) {
    OptionalInt newest =
        known.stream().mapToInt(Integer::intValue).filter(one -> one <= capability).max();
    if (newest.isEmpty()) {
      throw new WtaException(
          "NVRTC %s does not compile for sm_%d, only for %s"
              .formatted(text(compiler), capability, known),
          "install the NVRTC of CUDA 12 or 13");
    }
    int architecture = newest.getAsInt();
    if (architecture == capability) {
      return new KernelTarget("sm_" + architecture, true);
    }
    if (compiler <= driver) {
      return new KernelTarget("compute_" + architecture, false);
    }
    if (architecture / 10 == capability / 10) {
      return new KernelTarget("sm_" + architecture, true);
    }
    throw new WtaException(
        "NVRTC %s does not know sm_%d, and its PTX is too new for a driver for CUDA %s"
            .formatted(text(compiler), capability, text(driver)),
        "install the NVRTC of CUDA " + text(driver));
  }

  /** A CUDA version for people. */
  static String text(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}

package dev.wta.backend.cuda.device;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Availability;
import dev.wta.backend.cuda.binding.Driver;
import dev.wta.backend.cuda.binding.LibrarySearch;
import dev.wta.backend.cuda.binding.Nvrtc;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What of NVIDIA's software this machine has: the driver, initialised, and a compiler for kernels.
 *
 * @param nvrtc empty where compiled kernels are at hand instead, see {@link #kernelFolder}
 */
public record Installation(LibrarySearch search, Driver driver, Optional<Nvrtc> nvrtc) {
  /** Cards from Turing on; older ones lack what NVRTC 13 compiles for. */
  private static final int LEAST_CAPABILITY = 75;

  private static final int LEAST_DRIVER = 12000;

  /** Below the CPU: until the contract has passed on a card, only who asks for it gets it. */
  private static final int SCORE = 50;

  /** A folder of {@code SOURCE.ptx} files, for machines without NVRTC: {@code wta.cuda.images}. */
  public static Optional<Path> kernelFolder() {
    String folder = System.getProperty("wta.cuda.images", "");
    return folder.isBlank() ? Optional.empty() : Optional.of(Path.of(folder));
  }

  /**
   * @throws WtaException if something is missing, with the remedy
   */
  public static Installation find(LibrarySearch search) {
    Driver driver =
        Driver.find(search)
            .orElseThrow(
                () ->
                    new WtaException(
                        "no NVIDIA driver",
                        "install NVIDIA's driver for CUDA 12 or newer, or run a container with"
                            + " --gpus all"));
    driver.initialise();
    int version = driver.version();
    if (version < LEAST_DRIVER) {
      throw new WtaException(
          "NVIDIA's driver (%s) serves CUDA %s only"
              .formatted(driver.library().name(), text(version)),
          "update it to one for CUDA 12 or newer: 525 or later");
    }
    if (driver.deviceCount() == 0) {
      throw new WtaException(
          "NVIDIA's driver sees no device",
          "check with nvidia-smi, and what CUDA_VISIBLE_DEVICES says");
    }
    Optional<Nvrtc> nvrtc = Nvrtc.find(search, version / 1000);
    if (nvrtc.isEmpty() && kernelFolder().isEmpty()) {
      throw new WtaException(
          "NVIDIA's driver for CUDA %s is here, but not NVRTC, which compiles the kernels: %s"
              .formatted(text(version), Nvrtc.notFound(search, version / 1000)),
          version >= 13000
              ? "pip install nvidia-cuda-nvrtc, or set CUDA_HOME to a CUDA toolkit"
              : "pip install nvidia-cuda-nvrtc-cu12, or set CUDA_HOME to a CUDA 12 toolkit");
    }
    return new Installation(search, driver, nvrtc);
  }

  /** Whether the first device can be used. */
  public static Availability probe(LibrarySearch search) {
    try {
      return new Availability.Usable(SCORE, describe(find(search).driver(), 0));
    } catch (WtaException missing) {
      return new Availability.Unusable(missing.problem(), missing.remedy());
    } catch (RuntimeException | LinkageError broken) {
      return new Availability.Unusable(
          "NVIDIA's libraries cannot be called: " + broken.getMessage(),
          "update NVIDIA's driver; NVRTC must be that of CUDA 12 or 13");
    }
  }

  /** A device for people: {@code NVIDIA H200, 140 GiB, sm_90, CUDA 12.8}. */
  public static String describe(Driver driver, int ordinal) {
    int device = driver.device(ordinal);
    int capability = capability(driver, device);
    return "%s, %.0f GiB, sm_%d, CUDA %s"
        .formatted(
            driver.deviceName(device),
            driver.deviceMemory(device) / (double) (1L << 30),
            capability,
            text(driver.version()));
  }

  /** As 10 * major + minor. */
  static int capability(Driver driver, int device) {
    int capability =
        10 * driver.attribute(Driver.CAPABILITY_MAJOR, device)
            + driver.attribute(Driver.CAPABILITY_MINOR, device);
    if (capability < LEAST_CAPABILITY) {
      throw new WtaException(
          "%s is too old: sm_%d".formatted(driver.deviceName(device), capability),
          "use a card of the Turing generation (sm_75) or newer");
    }
    return capability;
  }

  private static String text(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}

package dev.wta.backend.cuda.kernel;

import dev.wta.api.WtaException;
import dev.wta.backend.cuda.binding.Nvrtc;
import dev.wta.backend.cuda.device.Installation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiled kernels, a source at a time: from the cache, from NVRTC, or, where there is no NVRTC,
 * PTX that was compiled elsewhere and that the driver finishes.
 */
public final class KernelImages {
  /** Turing: what is compiled for it, drivers finish for all later cards. */
  private static final int OLDEST_CARD = 75;

  private static final String INSTALL_NVRTC =
      "install NVRTC (pip install nvidia-cuda-nvrtc), or update the driver";

  private final Optional<Nvrtc> nvrtc;
  private final KernelCache cache;
  private final int capability;
  private final int driverVersion;
  private final Map<String, String> headers = KernelSources.headers();

  public KernelImages(Optional<Nvrtc> nvrtc, KernelCache cache, int capability, int driverVersion) {
    this.nvrtc = nvrtc;
    this.cache = cache;
    this.capability = capability;
    this.driverVersion = driverVersion;
  }

  /** What the driver can load of that source. */
  byte[] of(String source) {
    if (nvrtc.isEmpty()) {
      return compiledElsewhere(source);
    }
    Nvrtc compiler = nvrtc.get();
    KernelTarget target =
        KernelTarget.of(capability, driverVersion, compiler.version(), compiler.architectures());
    List<String> options = options(target);
    String text = KernelSources.text(source);
    List<String> key = new ArrayList<>(List.of(source, text));
    headers.forEach((name, header) -> key.addAll(List.of(name, header)));
    key.addAll(options);
    key.addAll(
        List.of(
            Integer.toString(compiler.version()),
            Integer.toString(driverVersion),
            Integer.toString(capability)));
    return cache.get(
        source,
        key,
        () -> compiler.compile(source + ".cu", text, headers, options, target.binary()));
  }

  /**
   * Writes {@code SOURCE.ptx} for the oldest card that is served, from which drivers make code for
   * newer ones. The PTX is of the compiler's own version: the older that is, the older the drivers
   * that take it.
   *
   * @throws IOException if a file cannot be written
   */
  public static void write(Nvrtc compiler, Path folder) throws IOException {
    List<String> options = options(new KernelTarget("compute_" + OLDEST_CARD, false));
    for (String source : KernelSources.all()) {
      byte[] image =
          compiler.compile(
              source + ".cu", KernelSources.text(source), KernelSources.headers(), options, false);
      String text = new String(image, StandardCharsets.ISO_8859_1);
      Files.writeString(folder.resolve(source + ".ptx"), text.replace("\0", "")); // its end
    }
  }

  private static List<String> options(KernelTarget target) {
    return List.of("--gpu-architecture=" + target.architecture(), "--std=c++14");
  }

  private byte[] compiledElsewhere(String source) {
    Path file = Installation.kernelFolder().orElseThrow().resolve(source + ".ptx");
    byte[] image;
    try {
      image = Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new WtaException("no compiled kernel " + file, INSTALL_NVRTC, unreadable);
    }
    PtxVersion.of(new String(image, StandardCharsets.ISO_8859_1))
        .filter(version -> version.cuda() > driverVersion)
        .ifPresent(
            version -> {
              throw new WtaException(
                  "%s is PTX %s, which takes a driver for CUDA %s; this one serves %s"
                      .formatted(
                          file,
                          version,
                          KernelTarget.text(version.cuda()),
                          KernelTarget.text(driverVersion)),
                  INSTALL_NVRTC);
            });
    return image;
  }
}

package dev.wta.backend.cuda.kernel;

import dev.wta.backend.cuda.binding.Nvrtc;
import dev.wta.backend.cuda.device.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    boolean binary = compiler.architectures().contains(capability);
    List<String> options = options(compiler, binary);
    String text = KernelSources.text(source);
    List<String> key = new ArrayList<>(List.of(source, text));
    headers.forEach((name, header) -> key.addAll(List.of(name, header)));
    key.addAll(options);
    key.addAll(
        List.of(compiler.version(), Integer.toString(driverVersion), Integer.toString(capability)));
    return cache.get(
        source, key, () -> compiler.compile(source + ".cu", text, headers, options, binary));
  }

  /** For the very card, or, where NVRTC is older than it, PTX for the newest that it knows. */
  private List<String> options(Nvrtc compiler, boolean binary) {
    int virtual =
        compiler.architectures().stream()
            .filter(known -> known <= capability)
            .reduce((_, later) -> later)
            .orElse(capability);
    return List.of(
        binary ? "--gpu-architecture=sm_" + capability : "--gpu-architecture=compute_" + virtual,
        "--std=c++14");
  }

  private static byte[] compiledElsewhere(String source) {
    Path file = Installation.kernelFolder().orElseThrow().resolve(source + ".ptx");
    try {
      return Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException("no compiled kernel " + file, unreadable);
    }
  }
}

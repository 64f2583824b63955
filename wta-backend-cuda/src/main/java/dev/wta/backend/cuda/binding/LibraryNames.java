package dev.wta.backend.cuda.binding;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The names that NVIDIA's libraries have, the one to try first in front. A driver serves libraries
 * that were made for its own CUDA version or an older one, whose names have the major version
 * alone.
 */
final class LibraryNames {
  static final int OLDEST = 12;
  static final int NEWEST = 13;

  private final boolean windows;

  LibraryNames(boolean windows) {
    this.windows = windows;
  }

  static LibraryNames ofThisMachine() {
    return new LibraryNames(
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows"));
  }

  List<String> driver() {
    return windows ? List.of("nvcuda.dll") : List.of("libcuda.so.1", "libcuda.so");
  }

  /**
   * @param major the driver's CUDA version
   */
  List<String> nvrtc(int major) {
    return upTo(major, windows ? "nvrtc64_%d0_0.dll" : "libnvrtc.so.%d");
  }

  List<String> cublas(int major) {
    return upTo(major, windows ? "cublas64_%d.dll" : "libcublas.so.%d");
  }

  /** cuBLAS's other half. */
  List<String> cublasLt(int major) {
    return upTo(major, windows ? "cublasLt64_%d.dll" : "libcublasLt.so.%d");
  }

  private static List<String> upTo(int major, String form) {
    List<String> names = new ArrayList<>();
    for (int version = Math.min(major, NEWEST); version >= OLDEST; version--) {
      names.add(form.formatted(version));
    }
    return names;
  }
}

package dev.wta.backend.cuda.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** CUDA's compiler, on the path or in {@code CUDA_HOME}. */
public final class Nvcc {
  private final Path compiler;

  private Nvcc(Path compiler) {
    this.compiler = compiler;
  }

  /** The compiler; the calling test is skipped where there is none. */
  public static Nvcc orSkip() {
    List<Path> places = new ArrayList<>();
    String home = System.getenv("CUDA_HOME");
    if (home != null && !home.isBlank()) {
      places.add(Path.of(home, "bin", "nvcc"));
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      places.add(Path.of(folder, "nvcc"));
    }
    places.add(Path.of("/usr/local/cuda/bin/nvcc"));
    var found = places.stream().filter(Files::isExecutable).findFirst();
    assumeTrue(found.isPresent(), "no nvcc on the path or in CUDA_HOME");
    return new Nvcc(found.get());
  }

  /**
   * All sources of a folder in one, as PTX for several cards; the file that it made. Machine code
   * would come from the assembler that NVRTC has, too.
   */
  public Path compile(Path sources, List<Integer> capabilities, Path folder) {
    try {
      Path unit = folder.resolve("kernels.cu");
      Path result = folder.resolve("kernels.fatbin");
      Files.writeString(unit, unit(sources));
      List<String> command =
          new ArrayList<>(
              List.of(
                  compiler.toString(),
                  "-std=c++14",
                  "-Wno-deprecated-gpu-targets",
                  "-Werror",
                  "all-warnings",
                  "--threads",
                  "2",
                  "-fatbin",
                  "-I" + sources));
      for (int capability : capabilities) {
        command.add("-gencode");
        command.add("arch=compute_%d,code=compute_%d".formatted(capability, capability));
      }
      command.addAll(List.of("-o", result.toString(), unit.toString()));
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile()).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
      }
      return result;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Each source in a namespace of its own, after all that they include. */
  private static String unit(Path sources) throws IOException {
    StringBuilder unit = new StringBuilder();
    try (Stream<Path> files = Files.list(sources)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      names.stream()
          .filter(name -> name.endsWith(".cuh"))
          .forEach(name -> unit.append("#include \"%s\"\n".formatted(name)));
      names.stream()
          .filter(name -> name.endsWith(".cu"))
          .forEach(
              name ->
                  unit.append(
                      "namespace %s {\n#include \"%s\"\n}\n"
                          .formatted(name.replace('.', '_'), name)));
    }
    return unit.toString();
  }
}

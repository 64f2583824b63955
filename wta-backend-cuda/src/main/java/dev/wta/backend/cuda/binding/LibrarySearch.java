package dev.wta.backend.cuda.binding;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The folders that NVIDIA's libraries may lie in, in the order in which they are tried; before them
 * comes wherever the system's loader looks by itself.
 *
 * @param folders absolute paths; they need not exist
 * @param system whether the system's loader is asked first
 */
public record LibrarySearch(List<Path> folders, boolean system) {
  /** Folders, separated as on a class path, that come before all others. */
  public static final String PATH_PROPERTY = "wta.cuda.path";

  /** Where containers and hosted notebooks have the driver's libraries, and NixOS. */
  private static final List<String> CONTAINERS =
      List.of(
          "usr/local/nvidia/lib64",
          "usr/local/nvidia/lib",
          "usr/lib64-nvidia",
          "run/opengl-driver/lib",
          "usr/local/cuda/compat");

  public LibrarySearch {
    folders = List.copyOf(folders);
  }

  /** Looks in one folder and nowhere else. */
  public static LibrarySearch in(Path folder) {
    return new LibrarySearch(List.of(folder), false);
  }

  /**
   * The system's loader, {@value #PATH_PROPERTY}, {@code CUDA_HOME}, {@code CUDA_PATH} and {@code
   * CUDA_ROOT}, the usual folders of toolkits and of containers, and those of Python's wheels in
   * the active environment, in those whose {@code bin} is on the {@code PATH}, and the usual ones.
   */
  public static LibrarySearch ofThisMachine() {
    return of(System.getenv(), System.getProperty(PATH_PROPERTY, ""), Path.of("/"));
  }

  /** For people: what was looked for in vain, and where, in one line. */
  String notFound(List<String> names) {
    List<Path> there = folders.stream().filter(Files::isDirectory).distinct().toList();
    String places =
        there.isEmpty()
            ? "none of the usual folders is there"
            : there.stream().map(Path::toString).collect(Collectors.joining(", "));
    List<Path> broken =
        there.stream()
            .flatMap(folder -> names.stream().map(folder::resolve))
            .filter(Files::isRegularFile)
            .toList();
    return "looked for %s %s%s%s"
        .formatted(
            String.join(" and ", names),
            system ? "by the system's loader and in: " : "in: ",
            places,
            broken.isEmpty() ? "" : "; there, but not to be loaded: " + broken);
  }

  /** {@link #ofThisMachine} with another environment, and another folder as the root of all. */
  static LibrarySearch of(Map<String, String> environment, String property, Path root) {
    List<Path> folders = new ArrayList<>();
    for (String folder : property.split(File.pathSeparator)) {
      if (!folder.isBlank()) {
        folders.add(Path.of(folder).toAbsolutePath());
      }
    }
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH", "CUDA_ROOT")) {
      String home = environment.get(variable);
      if (home != null && !home.isBlank()) {
        addToolkit(Path.of(home), folders);
      }
    }
    addToolkit(root.resolve("usr/local/cuda"), folders);
    for (Path toolkit : matches(root.resolve("usr/local"), "cuda-*")) {
      addToolkit(toolkit, folders);
    }
    addToolkit(root.resolve("opt/cuda"), folders);
    CONTAINERS.forEach(folder -> folders.add(root.resolve(folder)));
    folders.add(root.resolve("usr/lib/x86_64-linux-gnu"));
    folders.add(root.resolve("usr/lib/aarch64-linux-gnu"));
    folders.add(root.resolve("usr/lib64"));
    folders.add(root.resolve("usr/lib/wsl/lib"));
    addWheels(environment, root, folders);
    return new LibrarySearch(folders, true);
  }

  private static void addToolkit(Path home, List<Path> folders) {
    folders.add(home.resolve("lib64"));
    folders.add(home.resolve("lib"));
    folders.add(home.resolve("targets/x86_64-linux/lib"));
    folders.add(home.resolve("targets/sbsa-linux/lib"));
    folders.add(home.resolve("bin")); // Windows
    folders.add(home.resolve("bin/x64"));
  }

  /** Of pip's and conda's packages: {@code site-packages/nvidia/cuda_nvrtc/lib} and the like. */
  private static void addWheels(Map<String, String> environment, Path root, List<Path> folders) {
    List<Path> prefixes = new ArrayList<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      String prefix = environment.get(variable);
      if (prefix != null && !prefix.isBlank()) {
        prefixes.add(Path.of(prefix));
        folders.add(Path.of(prefix).resolve("lib"));
        folders.add(Path.of(prefix).resolve("targets/x86_64-linux/lib"));
      }
    }
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path bin = Path.of(folder.isBlank() ? "." : folder);
      if (bin.getParent() != null && Files.isExecutable(bin.resolve("python3"))) {
        prefixes.add(bin.getParent());
      }
    }
    String home = environment.get("HOME");
    if (home != null && !home.isBlank()) {
      prefixes.add(Path.of(home).resolve(".local"));
    }
    prefixes.add(root.resolve("usr/local"));
    prefixes.add(root.resolve("usr"));
    prefixes.add(root.resolve("opt/conda"));
    for (Path prefix : prefixes) {
      for (String lib : List.of("lib", "lib64")) {
        for (Path python : matches(prefix.resolve(lib), "python3*")) {
          addWheelsOf(python, folders);
        }
      }
    }
  }

  private static void addWheelsOf(Path python, List<Path> folders) {
    for (String packages : List.of("site-packages", "dist-packages")) {
      for (Path wheel : matches(python.resolve(packages).resolve("nvidia"), "*")) {
        Path lib = wheel.resolve("lib");
        if (!folders.contains(lib)) {
          folders.add(lib);
        }
      }
    }
  }

  /** What {@code folder} has of that name, the highest version last; none if it is no folder. */
  static List<Path> matches(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
        entries.forEach(found::add);
      } catch (IOException | DirectoryIteratorException unreadable) {
        return List.of(); // a folder that cannot be listed holds nothing for us
      }
    }
    found.sort(null);
    return found;
  }
}

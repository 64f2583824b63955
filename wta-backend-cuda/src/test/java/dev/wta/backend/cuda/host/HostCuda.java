package dev.wta.backend.cuda.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.backend.cuda.binding.LibrarySearch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Builds and loads the driver without a device. */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class HostCuda {
  /** The compiler, where {@code c++} is not the one to use. */
  private static final String COMPILER = "CXX";

  private static final Path KERNELS =
      Path.of("src/main/resources/dev/wta/backend/cuda/kernel/source").toAbsolutePath();
  private static final Path SHIM = Path.of("src/test/native").toAbsolutePath();
  private static final Path OUT = Path.of("target/host-cuda").toAbsolutePath();
  private static final String LIBRARY = "libhostcuda.so";
  private static final Path WITH_CUBLAS = OUT.resolve("with-cublas");
  private static final Pattern KERNEL =
      Pattern.compile("__global__ void (?:__launch_bounds__\\([^)]*\\) )?(\\w+)\\(");

  private static HostCuda built;

  private final SymbolLookup symbols;

  private HostCuda(Path library) {
    symbols = SymbolLookup.libraryLookup(library, Arena.global());
  }

  /** The kernels' names by their source, as the sources themselves have them. */
  public static Map<String, List<String>> kernels() {
    Map<String, List<String>> kernels = new TreeMap<>();
    for (Path source : files(KERNELS, ".cu")) {
      List<String> names = new ArrayList<>();
      Matcher matcher = KERNEL.matcher(read(source));
      while (matcher.find()) {
        names.add(matcher.group(1));
      }
      kernels.put(source.getFileName().toString(), names);
    }
    return kernels;
  }

  public static Path kernelFolder() {
    return KERNELS;
  }

  /** The driver, built if it was not yet; the calling test is skipped where no compiler is. */
  public static synchronized HostCuda orSkip() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"), "the driver without a device is for Linux");
    Optional<String> compiler = compiler();
    assumeTrue(
        compiler.isPresent(),
        "no C++ compiler (c++, g++, clang++ or $CXX) to build the kernels for the host with");
    if (built == null) {
      built = new HostCuda(build(compiler.get()));
    }
    return built;
  }

  /** Where the backend finds this driver and compiler, and nothing else. */
  public LibrarySearch search() {
    return LibrarySearch.in(OUT);
  }

  /** Where it finds a cuBLAS as well. */
  public LibrarySearch searchWithCublas() {
    return LibrarySearch.in(WITH_CUBLAS);
  }

  /**
   * From the {@code after}-th next call on, {@code call} answers {@code status}, so many times; for
   * ever if {@code times} is negative.
   */
  public void fail(String call, int status, int after, int times) {
    try (Arena arena = Arena.ofConfined()) {
      Object _ =
          function(
                  "mockFail",
                  FunctionDescriptor.ofVoid(
                      ValueLayout.ADDRESS,
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_INT,
                      ValueLayout.JAVA_INT))
              .invoke(arena.allocateFrom(call), status, after, times);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Lets all calls work again. */
  public void work(String call) {
    fail(call, 0, 0, 0);
  }

  /** How much memory the device has. */
  public void memory(long bytes) {
    set("mockMemory", bytes);
  }

  /**
   * The newest CUDA that the driver says it serves, as 1000 * major + 10 * minor; 13.0 at first.
   */
  public void driverVersion(int version) {
    set("mockDriverVersion", version);
  }

  /** An empty folder, to put this driver into. */
  public Path emptyFolder() throws IOException {
    Path folder = Files.createDirectories(OUT.resolve("folder"));
    for (Path file : files(folder, "")) {
      Files.delete(file);
    }
    return folder;
  }

  /** Puts this driver, which is all libraries in one, into a folder under some names. */
  public void link(Path folder, String... names) throws IOException {
    link(folder, OUT.resolve(LIBRARY), names);
  }

  /** How much of it other processes hold. */
  public void others(long bytes) {
    set("mockOthers", bytes);
  }

  /** Leaves this thread without a context, as other code of the process may. */
  public void forgetContext() {
    try {
      Object _ = function("mockForgetContext", FunctionDescriptor.ofVoid()).invoke();
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Work that the stand-in may run before anybody waits for it. */
  public enum Early {
    NOTHING(0),
    KERNELS(1),
    UPLOADS(2),
    EVERYTHING(3);

    private final long kinds;

    Early(long kinds) {
      this.kinds = kinds;
    }
  }

  /**
   * What runs as soon as its events allow; all else runs as late as they do, which at first is
   * everything.
   */
  public void runEarly(Early early) {
    set("mockEarly", early.kinds);
  }

  /** What the driver has handed out and not got back: memory, contexts, streams, and so on. */
  public long held() {
    return get("mockHeld");
  }

  /** Bytes written behind the end of device memory, as far as it was freed. */
  public long corruptions() {
    return get("mockCorruptions");
  }

  /** How often a call was made. */
  public long calls(String call) {
    try (Arena arena = Arena.ofConfined()) {
      return (long)
          function("mockCalls", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS))
              .invoke(arena.allocateFrom(call));
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void set(String function, long number) {
    try {
      Object _ =
          function(function, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG)).invoke(number);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private long get(String function) {
    try {
      return (long)
          function(function, FunctionDescriptor.of(ValueLayout.JAVA_LONG, new MemoryLayout[0]))
              .invoke();
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), type);
  }

  private static Optional<String> compiler() {
    String named = System.getenv(COMPILER);
    if (named != null && !named.isBlank()) {
      return Optional.of(named);
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      for (String name : List.of("c++", "g++", "clang++")) {
        Path compiler = Path.of(folder, name);
        if (Files.isExecutable(compiler)) {
          return Optional.of(compiler.toString());
        }
      }
    }
    return Optional.empty();
  }

  /** The library, under the names that the driver and the compiler are looked for by. */
  private static Path build(String compiler) {
    try {
      Files.createDirectories(OUT);
      Path unit = OUT.resolve("kernels.cpp");
      Path library = OUT.resolve(LIBRARY);
      List<String> command =
          new ArrayList<>(
              List.of(
                  compiler,
                  "-std=c++17",
                  "-O2",
                  "-fPIC",
                  "-shared",
                  "-ffp-contract=off",
                  "-fvisibility=hidden",
                  "-Wall",
                  "-Wno-unknown-pragmas",
                  "-Wno-unused-function",
                  "-Werror",
                  "-I" + SHIM,
                  "-I" + KERNELS));
      if (System.getProperty("os.arch").equals("amd64")) {
        command.add("-march=native"); // fused multiply-adds are calls otherwise
      }
      String home = System.getenv().getOrDefault("CUDA_HOME", "/usr/local/cuda");
      command.addAll(List.of("-isystem", home + "/include")); // for cuda.h, if it is there
      command.addAll(
          List.of(
              unit.toString(), SHIM.resolve("fibres.cpp").toString(), "-o", library.toString()));
      String made = unit() + "// " + String.join(" ", command) + "\n";
      if (!isUpToDate(library, unit, made)) {
        Files.writeString(unit, made);
        compile(command);
      }
      link(OUT, library, "libcuda.so.1", "libnvrtc.so.13");
      link(WITH_CUBLAS, library, "libcuda.so.1", "libnvrtc.so.13", "libcublas.so.13");
      return OUT.resolve("libcuda.so.1");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Whether nothing has changed since the library was made: it takes a while to compile. */
  private static boolean isUpToDate(Path library, Path unit, String made) throws IOException {
    if (!Files.exists(library) || !Files.exists(unit) || !Files.readString(unit).equals(made)) {
      return false;
    }
    for (Path folder : List.of(KERNELS, SHIM)) {
      for (Path source : files(folder, "")) {
        if (Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(library)) > 0) {
          return false;
        }
      }
    }
    return true;
  }

  private static void compile(List<String> command) throws IOException, InterruptedException {
    Files.deleteIfExists(OUT.resolve(LIBRARY));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).directory(OUT.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
    }
  }

  private static void link(Path folder, Path library, String... names) throws IOException {
    Files.createDirectories(folder);
    for (String name : names) {
      Path link = folder.resolve(name);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, library);
    }
  }

  /** All sources in one, each in a namespace of its own, and its kernels' registration. */
  private static String unit() {
    StringBuilder unit = new StringBuilder("#include \"driver.cpp\"\n");
    for (Path header : files(KERNELS, ".cuh")) {
      unit.append("#include \"%s\"\n".formatted(header.getFileName()));
    }
    kernels().forEach((source, kernels) -> append(source, kernels, unit));
    return unit.toString();
  }

  private static void append(String source, List<String> kernels, StringBuilder unit) {
    String name = source.substring(0, source.length() - ".cu".length());
    String symbol = "extern \"C\" __attribute__((weak, visibility(\"hidden\"))) char %s[];\n";
    String start = "__start_shared_" + name;
    String stop = "__stop_shared_" + name;
    unit.append("#define WTA_SHARED_SECTION \"shared_%s\"\n".formatted(name));
    unit.append(symbol.formatted(start)).append(symbol.formatted(stop));
    unit.append("namespace source_%s {\n#include \"%s\"\n".formatted(name, source));
    for (String kernel : kernels) {
      unit.append(
          "static launcher::Registration register_%s(\"%s\", \"%s\", %s, %s, %s);\n"
              .formatted(kernel, source, kernel, kernel, start, stop));
    }
    unit.append("}\n#undef WTA_SHARED_SECTION\n");
  }

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}

package dev.wta.backend.cuda.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.api.WtaException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** NVRTC, which compiles kernels while the program runs. */
@SuppressWarnings("restricted") // calling native code is what this is for
public final class Nvrtc {
  private static final int COMPILATION_FAILED = 6;

  private final SharedLibrary library;
  private final MethodHandle version;
  private final MethodHandle architectureCount;
  private final MethodHandle architectures;
  private final MethodHandle create;
  private final MethodHandle compile;
  private final MethodHandle destroy;
  private final MethodHandle logSize;
  private final MethodHandle log;
  private final MethodHandle cubinSize;
  private final MethodHandle cubin;
  private final MethodHandle ptxSize;
  private final MethodHandle ptx;
  private final MethodHandle errorString;

  private Nvrtc(SharedLibrary library) {
    this.library = library;
    version = library.statusFunction("nvrtcVersion", ADDRESS, ADDRESS);
    architectureCount = library.statusFunction("nvrtcGetNumSupportedArchs", ADDRESS);
    architectures = library.statusFunction("nvrtcGetSupportedArchs", ADDRESS);
    create =
        library.statusFunction(
            "nvrtcCreateProgram", ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    compile = library.statusFunction("nvrtcCompileProgram", JAVA_LONG, JAVA_INT, ADDRESS);
    destroy = library.statusFunction("nvrtcDestroyProgram", ADDRESS);
    logSize = library.statusFunction("nvrtcGetProgramLogSize", JAVA_LONG, ADDRESS);
    log = library.statusFunction("nvrtcGetProgramLog", JAVA_LONG, ADDRESS);
    cubinSize = library.statusFunction("nvrtcGetCUBINSize", JAVA_LONG, ADDRESS);
    cubin = library.statusFunction("nvrtcGetCUBIN", JAVA_LONG, ADDRESS);
    ptxSize = library.statusFunction("nvrtcGetPTXSize", JAVA_LONG, ADDRESS);
    ptx = library.statusFunction("nvrtcGetPTX", JAVA_LONG, ADDRESS);
    errorString = library.function("nvrtcGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
  }

  /**
   * NVRTC of CUDA 12 or 13, that of {@code major} first: a driver loads what an NVRTC of its own
   * version made, or of an older one.
   */
  public static Optional<Nvrtc> find(LibrarySearch search, int major) {
    Optional<SharedLibrary> library =
        SharedLibrary.find(search, LibraryNames.ofThisMachine().nvrtc(major));
    // Its other half, which it asks the loader for by name alone.
    library.ifPresent(found -> found.loadNeighbours("*nvrtc-builtins*"));
    return library.map(Nvrtc::new);
  }

  /** Where one for CUDA {@code major} was looked for in vain. */
  public static String notFound(LibrarySearch search, int major) {
    return search.notFound(LibraryNames.ofThisMachine().nvrtc(major));
  }

  public SharedLibrary library() {
    return library;
  }

  /** The CUDA version that it is of, as 1000 * major + 10 * minor. */
  public int version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(JAVA_INT);
      MemorySegment minor = arena.allocate(JAVA_INT);
      check("nvrtcVersion", () -> (int) version.invokeExact(major, minor));
      return 1000 * major.get(JAVA_INT, 0) + 10 * minor.get(JAVA_INT, 0);
    }
  }

  /** The devices it compiles for, as 10 * major + minor, ascending. */
  public List<Integer> architectures() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      check("nvrtcGetNumSupportedArchs", () -> (int) architectureCount.invokeExact(count));
      MemorySegment numbers = arena.allocate(JAVA_INT, count.get(JAVA_INT, 0));
      check("nvrtcGetSupportedArchs", () -> (int) architectures.invokeExact(numbers));
      List<Integer> all = new ArrayList<>();
      for (int number : numbers.toArray(JAVA_INT)) {
        all.add(number);
      }
      all.sort(null);
      return all;
    }
  }

  /**
   * Compiles a program.
   *
   * @param headers what it may include, by name
   * @param binary whether to make a cubin for a real architecture, or PTX for a virtual one
   * @throws WtaException if it does not compile, with the compiler's log
   */
  public byte[] compile(
      String name,
      String source,
      Map<String, String> headers,
      List<String> options,
      boolean binary) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment texts = arena.allocate(ADDRESS, Math.max(1, headers.size()));
      MemorySegment names = arena.allocate(ADDRESS, Math.max(1, headers.size()));
      int next = 0;
      for (Map.Entry<String, String> header : headers.entrySet()) {
        texts.setAtIndex(ADDRESS, next, arena.allocateFrom(header.getValue()));
        names.setAtIndex(ADDRESS, next, arena.allocateFrom(header.getKey()));
        next++;
      }
      MemorySegment handle = arena.allocate(JAVA_LONG);
      MemorySegment text = arena.allocateFrom(source);
      MemorySegment title = arena.allocateFrom(name);
      int count = headers.size();
      check(
          "nvrtcCreateProgram",
          () -> (int) create.invokeExact(handle, text, title, count, texts, names));
      try {
        return compileAndTake(arena, name, handle.get(JAVA_LONG, 0), options, binary);
      } finally {
        check("nvrtcDestroyProgram", () -> (int) destroy.invokeExact(handle));
      }
    }
  }

  private byte[] compileAndTake(
      Arena arena, String name, long program, List<String> options, boolean binary) {
    MemorySegment arguments = arena.allocate(ADDRESS, Math.max(1, options.size()));
    for (int i = 0; i < options.size(); i++) {
      arguments.setAtIndex(ADDRESS, i, arena.allocateFrom(options.get(i)));
    }
    int count = options.size();
    int status =
        call("nvrtcCompileProgram", () -> (int) compile.invokeExact(program, count, arguments));
    if (status == COMPILATION_FAILED) {
      byte[] text = take(arena, "nvrtcGetProgramLog", logSize, log, program);
      throw new WtaException(
          "%s does not compile with NVRTC %d.%d, options %s: %s"
              .formatted(
                  name,
                  version() / 1000,
                  version() % 1000 / 10,
                  options,
                  new String(text, 0, Math.max(0, text.length - 1), StandardCharsets.UTF_8)
                      .strip()),
          "report this; until then use --backend cpu");
    }
    if (status != 0) {
      throw failure("nvrtcCompileProgram of " + name, status);
    }
    return binary
        ? take(arena, "nvrtcGetCUBIN", cubinSize, cubin, program)
        : take(arena, "nvrtcGetPTX", ptxSize, ptx, program);
  }

  private byte[] take(
      Arena arena, String name, MethodHandle size, MethodHandle content, long program) {
    MemorySegment bytes = arena.allocate(JAVA_LONG);
    check(name + "Size", () -> (int) size.invokeExact(program, bytes));
    MemorySegment taken = arena.allocate(Math.max(1, bytes.get(JAVA_LONG, 0)));
    check(name, () -> (int) content.invokeExact(program, taken));
    return taken.toArray(JAVA_BYTE);
  }

  private static int call(String name, Driver.Call call) {
    try {
      return call.run();
    } catch (Throwable impossible) { // no C function throws
      throw new IllegalStateException(name + " could not be called", impossible);
    }
  }

  private void check(String name, Driver.Call call) {
    int status = call(name, call);
    if (status != 0) {
      throw failure(name, status);
    }
  }

  private CudaException failure(String name, int status) {
    String text;
    try {
      MemorySegment answer = (MemorySegment) errorString.invokeExact(status);
      text = answer.reinterpret(256).getString(0);
    } catch (Throwable impossible) {
      throw new IllegalStateException("nvrtcGetErrorString could not be called", impossible);
    }
    return new CudaException(
        name, status, text, "use the NVRTC of CUDA 12 or 13, or --backend cpu");
  }
}

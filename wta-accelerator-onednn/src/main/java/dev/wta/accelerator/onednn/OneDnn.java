package dev.wta.accelerator.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The functions of oneDNN's C interface that products need; {@link OneDnnConvolutions} has more.
 * Objects of oneDNN are {@code MemorySegment}s of no size; whoever makes one destroys it.
 */
@SuppressWarnings("restricted") // calling native code is what this is for
final class OneDnn {
  static final int FLOAT32 = 3;
  static final int BFLOAT16 = 2;

  static final int SOURCE = 1;
  static final int WEIGHTS = 33;
  static final int DESTINATION = 17;
  static final int SCRATCHPAD = 80;
  static final int SOURCE_GRADIENT = 129;
  static final int DESTINATION_GRADIENT = 145;
  static final int WEIGHTS_GRADIENT = 161;

  /** Layouts that a description is asked for; its own, they live as long as it does. */
  enum Query {
    SOURCE(129),
    SOURCE_GRADIENT(130),
    WEIGHTS(131),
    WEIGHTS_GRADIENT(132),
    DESTINATION(133),
    DESTINATION_GRADIENT(134),
    SCRATCHPAD(136);

    private final int number;

    Query(int number) {
      this.number = number;
    }
  }

  private static final int CPU = 1;
  private static final int DEFAULT_STREAM = 1;
  private static final int ANY_FORMAT = 1;
  private static final int USER_SCRATCHPAD = 1;

  private static final int AVX512_BF16 = 0xe7;
  private static final int AMX = 0xe00;

  private static final Linker LINKER = Linker.nativeLinker();

  private final SymbolLookup onednn;
  private final MethodHandle status;
  private final MethodHandle describeStrided;
  private final MethodHandle describeTagged;
  private final MethodHandle sizeOf;
  private final MethodHandle destroyDescription;
  private final MethodHandle createAttributes;
  private final MethodHandle setScratchpadMode;
  private final MethodHandle destroyAttributes;
  private final MethodHandle describeProduct;
  private final MethodHandle describeReorder;
  private final MethodHandle query;
  private final MethodHandle destroyPrimitiveDescription;
  private final MethodHandle createPrimitive;
  private final MethodHandle destroyPrimitive;
  private final MethodHandle createMemory;
  private final MethodHandle setData;
  private final MethodHandle destroyMemory;
  private final MethodHandle execute;
  private final MethodHandle threads;
  private final MethodHandle setThreads;
  private final MemorySegment engine;
  private final MemorySegment stream;

  private OneDnn(LibraryFiles files) {
    onednn = lookup(files, LibraryFiles.ONEDNN);
    SymbolLookup openMp = lookup(files, LibraryFiles.OPENMP);
    status = function(onednn, "dnnl_status2str", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    describeStrided = call("dnnl_memory_desc_create_with_strides", "pipip");
    describeTagged = call("dnnl_memory_desc_create_with_tag", "pipii");
    sizeOf =
        function(onednn, "dnnl_memory_desc_get_size", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    destroyDescription = call("dnnl_memory_desc_destroy", "p");
    createAttributes = call("dnnl_primitive_attr_create", "p");
    setScratchpadMode = call("dnnl_primitive_attr_set_scratchpad_mode", "pi");
    destroyAttributes = call("dnnl_primitive_attr_destroy", "p");
    describeProduct = call("dnnl_matmul_primitive_desc_create", "ppppppp");
    describeReorder = call("dnnl_reorder_primitive_desc_create", "pppppp");
    query =
        function(
            onednn,
            "dnnl_primitive_desc_query_md",
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
    destroyPrimitiveDescription = call("dnnl_primitive_desc_destroy", "p");
    createPrimitive = call("dnnl_primitive_create", "pp");
    destroyPrimitive = call("dnnl_primitive_destroy", "p");
    createMemory = call("dnnl_memory_create", "pppp");
    setData = call("dnnl_memory_set_data_handle", "pp");
    destroyMemory = call("dnnl_memory_destroy", "p");
    execute = call("dnnl_primitive_execute", "ppip");
    threads = function(openMp, "omp_get_max_threads", FunctionDescriptor.of(JAVA_INT));
    setThreads = function(openMp, "omp_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
    MethodHandle createEngine = call("dnnl_engine_create", "pil");
    MethodHandle createStream = call("dnnl_stream_create", "ppi");
    engine = made(out -> (int) createEngine.invokeExact(out, CPU, 0L));
    stream = made(out -> (int) createStream.invokeExact(out, engine, DEFAULT_STREAM));
  }

  /**
   * Loads the library. It stays loaded as long as the JVM lives.
   *
   * @throws IOException if it cannot be found or copied
   * @throws IllegalArgumentException if the system cannot load it
   */
  static OneDnn load(LibraryFiles files) throws IOException {
    files.complete();
    return new OneDnn(files);
  }

  private static SymbolLookup lookup(LibraryFiles files, String name) {
    return SymbolLookup.libraryLookup(files.file(name), Arena.global());
  }

  /**
   * A function that returns a status.
   *
   * @param parameters a letter per parameter: {@code p} for a pointer, {@code i} for an int, {@code
   *     l} for a long
   */
  MethodHandle call(String name, String parameters) {
    MemoryLayout[] layouts =
        parameters
            .chars()
            .mapToObj(
                letter ->
                    switch (letter) {
                      case 'p' -> ADDRESS;
                      case 'i' -> JAVA_INT;
                      case 'l' -> JAVA_LONG;
                      default -> throw new IllegalArgumentException(parameters);
                    })
            .toArray(MemoryLayout[]::new);
    return function(onednn, name, FunctionDescriptor.of(JAVA_INT, layouts));
  }

  private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        library
            .find(name)
            .orElseThrow(() -> new IllegalArgumentException("oneDNN has no function " + name)),
        type);
  }

  /** The instructions that it uses for bfloat16; empty where the processor has none. */
  String instructions() {
    MethodHandle instructionSet = call("dnnl_get_effective_cpu_isa", "");
    int isa = invoke(() -> (int) instructionSet.invokeExact());
    if ((isa & AVX512_BF16) != AVX512_BF16) {
      return "";
    }
    return (isa & AMX) == AMX ? "AMX-BF16" : "AVX512-BF16";
  }

  MemorySegment engine() {
    return engine;
  }

  /** The version, such as 3.13.0. */
  String version() {
    MethodHandle versionOf = function(onednn, "dnnl_version", FunctionDescriptor.of(ADDRESS));
    MemorySegment numbers =
        invoke(() -> (MemorySegment) versionOf.invokeExact()).reinterpret(3L * Integer.BYTES);
    return "%d.%d.%d"
        .formatted(
            numbers.getAtIndex(JAVA_INT, 0),
            numbers.getAtIndex(JAVA_INT, 1),
            numbers.getAtIndex(JAVA_INT, 2));
  }

  /** The memory layout of a matrix of whose strides are given, in elements. */
  MemorySegment matrix(int type, long rows, long columns, long rowStride, long columnStride) {
    return strided(type, new long[] {rows, columns}, new long[] {rowStride, columnStride});
  }

  /** The memory layout of a tensor, row by row. */
  MemorySegment dense(int type, long... extents) {
    long[] strides = new long[extents.length];
    long stride = 1;
    for (int i = extents.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= extents[i];
    }
    return strided(type, extents, strides);
  }

  private MemorySegment strided(int type, long[] extents, long[] strides) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sizes = arena.allocateFrom(JAVA_LONG, extents);
      MemorySegment steps = arena.allocateFrom(JAVA_LONG, strides);
      int rank = extents.length;
      return made(out -> (int) describeStrided.invokeExact(out, rank, sizes, type, steps));
    }
  }

  /** A memory layout that is oneDNN's to choose. */
  MemorySegment any(int type, long... extents) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sizes = arena.allocateFrom(JAVA_LONG, extents);
      int rank = extents.length;
      return made(out -> (int) describeTagged.invokeExact(out, rank, sizes, type, ANY_FORMAT));
    }
  }

  long bytes(MemorySegment layout) {
    return invoke(() -> (long) sizeOf.invokeExact(layout));
  }

  void destroyLayout(MemorySegment layout) {
    check(() -> (int) destroyDescription.invokeExact(layout));
  }

  /** Describes a product of layouts, whose scratchpad is the caller's. */
  MemorySegment product(MemorySegment a, MemorySegment b, MemorySegment out) {
    return described(
        (made, attributes) ->
            (int)
                describeProduct.invokeExact(
                    made, engine, a, b, MemorySegment.NULL, out, attributes));
  }

  /** Describes an operation whose scratchpad is the caller's. */
  MemorySegment described(Describer describer) {
    MemorySegment attributes = made(made -> (int) createAttributes.invokeExact(made));
    try {
      check(() -> (int) setScratchpadMode.invokeExact(attributes, USER_SCRATCHPAD));
      return made(made -> describer.describe(made, attributes));
    } finally {
      check(() -> (int) destroyAttributes.invokeExact(attributes));
    }
  }

  /** Describes a copy from one layout to another. */
  MemorySegment reorder(MemorySegment from, MemorySegment to) {
    return made(
        made ->
            (int) describeReorder.invokeExact(made, from, engine, to, engine, MemorySegment.NULL));
  }

  /** A layout that a description chose or was given; it lives as long as the description. */
  MemorySegment layout(MemorySegment description, Query of) {
    return invoke(() -> (MemorySegment) query.invokeExact(description, of.number, 0));
  }

  void destroyDescription(MemorySegment description) {
    check(() -> (int) destroyPrimitiveDescription.invokeExact(description));
  }

  MemorySegment primitive(MemorySegment description) {
    return made(made -> (int) createPrimitive.invokeExact(made, description));
  }

  void destroyPrimitive(MemorySegment primitive) {
    check(() -> (int) destroyPrimitive.invokeExact(primitive));
  }

  /** Memory of a layout, at an address that is given later. */
  MemorySegment memory(MemorySegment layout) {
    return made(made -> (int) createMemory.invokeExact(made, layout, engine, MemorySegment.NULL));
  }

  void setData(MemorySegment memory, MemorySegment data) {
    check(() -> (int) setData.invokeExact(memory, data));
  }

  void destroyMemory(MemorySegment memory) {
    check(() -> (int) destroyMemory.invokeExact(memory));
  }

  /**
   * Runs a primitive on the calling thread alone.
   *
   * @param arguments {@code count} pairs of a number and a memory, 16 bytes each
   */
  void execute(MemorySegment primitive, int count, MemorySegment arguments) {
    onOneThread(() -> check(() -> (int) execute.invokeExact(primitive, stream, count, arguments)));
  }

  /** Has OpenMP give one thread to what the caller makes or runs meanwhile. */
  void onOneThread(Runnable work) {
    int before = invoke(() -> (int) threads.invokeExact());
    setThreads(1);
    try {
      work.run();
    } finally {
      setThreads(before);
    }
  }

  private void setThreads(int count) {
    check(
        () -> {
          setThreads.invokeExact(count);
          return 0;
        });
  }

  /** A native call. */
  @FunctionalInterface
  private interface Call<T> {
    T call() throws Throwable;
  }

  /** A native call that stores a pointer to what it made. */
  @FunctionalInterface
  private interface Maker {
    int make(MemorySegment out) throws Throwable;
  }

  /** A native call that stores a pointer to a description with those attributes. */
  @FunctionalInterface
  interface Describer {
    int describe(MemorySegment out, MemorySegment attributes) throws Throwable;
  }

  private MemorySegment made(Maker maker) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check(() -> maker.make(out));
      return out.get(ADDRESS, 0);
    }
  }

  private void check(Call<Integer> call) {
    int result = invoke(call);
    if (result != 0) {
      MemorySegment text = invoke(() -> (MemorySegment) status.invokeExact(result));
      throw new IllegalStateException("oneDNN: " + text.reinterpret(Long.MAX_VALUE).getString(0));
    }
  }

  private static <T> T invoke(Call<T> call) {
    try {
      return call.call();
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible); // native functions throw nothing
    }
  }
}

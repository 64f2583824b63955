package dev.wta.accelerator.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A product of one shape: its primitive, and the primitive that packs its right operand. */
final class OneDnnProduct implements Bf16Accelerator.Product {
  private static final long ARGUMENT = 16; // bytes: a number, padding, a pointer
  private static final long ALIGNMENT = 64;

  private final OneDnn library;
  private final MemorySegment product;
  private final MemorySegment packing;
  private final MemorySegment a;
  private final MemorySegment b;
  private final MemorySegment packed;
  private final MemorySegment out;
  private final MemorySegment scratchpad;
  private final long packedBytes;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment productArguments;
  private final MemorySegment packingArguments;

  OneDnnProduct(OneDnn library, Bf16Accelerator.Shape shape) {
    this.library = library;
    long depth = shape.depth();
    MemorySegment left = library.matrix(OneDnn.BFLOAT16, shape.rows(), depth, depth, 1);
    MemorySegment right = library.matrix(OneDnn.BFLOAT16, depth, shape.columns(), 1, depth);
    MemorySegment any = library.anyMatrix(OneDnn.BFLOAT16, depth, shape.columns());
    MemorySegment result =
        library.matrix(OneDnn.FLOAT32, shape.rows(), shape.columns(), shape.stride(), 1);
    MemorySegment description = library.product(left, any, result);
    MemorySegment layout = library.weightsLayout(description);
    MemorySegment scratchpadLayout = library.scratchpadLayout(description);
    MemorySegment packingDescription = library.reorder(right, layout);
    product = library.primitive(description);
    packing = library.primitive(packingDescription);
    a = library.memory(left);
    b = library.memory(right);
    packed = library.memory(layout);
    out = library.memory(result);
    scratchpad = library.memory(scratchpadLayout);
    packedBytes = library.bytes(layout);
    library.setData(
        scratchpad, arena.allocate(Math.max(1, library.bytes(scratchpadLayout)), ALIGNMENT));
    library.destroyDescription(packingDescription);
    library.destroyDescription(description);
    for (MemorySegment given : new MemorySegment[] {left, right, any, result}) {
      library.destroyLayout(given);
    }
    productArguments = arena.allocate(4 * ARGUMENT, ARGUMENT);
    argument(productArguments, 0, OneDnn.SOURCE, a);
    argument(productArguments, 1, OneDnn.WEIGHTS, packed);
    argument(productArguments, 2, OneDnn.DESTINATION, out);
    argument(productArguments, 3, OneDnn.SCRATCHPAD, scratchpad);
    packingArguments = arena.allocate(2 * ARGUMENT, ARGUMENT);
    argument(packingArguments, 0, OneDnn.SOURCE, b);
    argument(packingArguments, 1, OneDnn.DESTINATION, packed);
  }

  private static void argument(MemorySegment arguments, int i, int number, MemorySegment memory) {
    arguments.set(JAVA_INT, i * ARGUMENT, number);
    arguments.set(ADDRESS, i * ARGUMENT + ADDRESS.byteAlignment(), memory);
  }

  @Override
  public long packedBytes() {
    return packedBytes;
  }

  @Override
  public void pack(MemorySegment b, MemorySegment packed) {
    library.setData(this.b, b);
    library.setData(this.packed, packed);
    library.execute(packing, 2, packingArguments);
  }

  @Override
  public void multiply(MemorySegment a, MemorySegment packed, MemorySegment out) {
    library.setData(this.a, a);
    library.setData(this.packed, packed);
    library.setData(this.out, out);
    library.execute(product, 4, productArguments);
  }

  @Override
  public void close() {
    for (MemorySegment memory : new MemorySegment[] {a, b, packed, out, scratchpad}) {
      library.destroyMemory(memory);
    }
    library.destroyPrimitive(packing);
    library.destroyPrimitive(product);
    arena.close();
  }
}

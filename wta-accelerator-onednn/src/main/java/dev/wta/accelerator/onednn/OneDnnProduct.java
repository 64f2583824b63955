package dev.wta.accelerator.onednn;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** A product of one shape: its primitive, and the primitive that packs its right operand. */
final class OneDnnProduct implements Bf16Accelerator.Product {
  private final Primitive product;
  private final Primitive packing;
  private final long packedBytes;

  OneDnnProduct(OneDnn library, Bf16Accelerator.Shape shape) {
    long depth = shape.depth();
    MemorySegment left = library.matrix(OneDnn.BFLOAT16, shape.rows(), depth, depth, 1);
    MemorySegment right = library.matrix(OneDnn.BFLOAT16, depth, shape.columns(), 1, depth);
    MemorySegment any = library.any(OneDnn.BFLOAT16, depth, shape.columns());
    MemorySegment result =
        library.matrix(OneDnn.FLOAT32, shape.rows(), shape.columns(), shape.stride(), 1);
    MemorySegment description = library.product(left, any, result);
    MemorySegment layout = library.layout(description, OneDnn.Query.WEIGHTS);
    packedBytes = library.bytes(layout);
    MemorySegment packingDescription = library.reorder(right, layout);
    packing =
        new Primitive(
            library, packingDescription, Map.of(OneDnn.SOURCE, right, OneDnn.DESTINATION, layout));
    product =
        new Primitive(
            library,
            description,
            Map.of(OneDnn.SOURCE, left, OneDnn.WEIGHTS, layout, OneDnn.DESTINATION, result));
    library.destroyDescription(packingDescription);
    library.destroyDescription(description);
    List.of(left, right, any, result).forEach(library::destroyLayout);
  }

  @Override
  public long packedBytes() {
    return packedBytes;
  }

  @Override
  public void pack(MemorySegment b, MemorySegment packed) {
    packing.give(OneDnn.SOURCE, b).give(OneDnn.DESTINATION, packed).run();
  }

  @Override
  public void multiply(MemorySegment a, MemorySegment packed, MemorySegment out) {
    product.give(OneDnn.SOURCE, a).give(OneDnn.WEIGHTS, packed).give(OneDnn.DESTINATION, out).run();
  }

  @Override
  public void close() {
    packing.close();
    product.close();
  }
}

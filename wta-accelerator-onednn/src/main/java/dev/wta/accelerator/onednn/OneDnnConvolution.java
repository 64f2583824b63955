package dev.wta.accelerator.onednn;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator.Convolution.Operand;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A convolution of one shape, or one of its gradients: its primitive, in the layouts that it likes
 * best, and those that bring float32 operands there and its result back.
 */
final class OneDnnConvolution implements Bf16Accelerator.Product {
  private static final long ALIGNMENT = 64;

  private final Primitive rounding;
  private final Primitive packing;
  private final Primitive convolution;
  private final Primitive unpacking;
  private final int first; // the argument that is rounded in each run
  private final int second; // the one that is packed
  private final int out;
  private final long packedBytes;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment rounded;
  private final MemorySegment result;

  OneDnnConvolution(
      OneDnn library, OneDnnConvolutions convolutions, Bf16Accelerator.Convolution shape) {
    Operand wanted = shape.result();
    Map<Operand, MemorySegment> plain = new EnumMap<>(Operand.class);
    Map<Operand, MemorySegment> bfloat16 = new EnumMap<>(Operand.class);
    Map<Operand, MemorySegment> mixed = new EnumMap<>(Operand.class);
    for (Operand operand : Operand.values()) {
      long[] extents = shape.extents(operand);
      plain.put(operand, library.dense(OneDnn.FLOAT32, extents));
      bfloat16.put(operand, library.any(OneDnn.BFLOAT16, extents));
      int type = operand == wanted ? OneDnn.FLOAT32 : OneDnn.BFLOAT16;
      mixed.put(operand, library.any(type, extents));
    }
    MemorySegment forward =
        convolutions.convolution(geometry(wanted == Operand.MAPS ? mixed : bfloat16, shape));
    MemorySegment description =
        switch (wanted) {
          case MAPS -> forward;
          case IMAGES -> convolutions.imageGradient(geometry(mixed, shape), forward);
          case FILTERS -> convolutions.filterGradient(geometry(mixed, shape), forward);
        };
    first = argument(wanted, shape.first());
    second = argument(wanted, shape.second());
    out = argument(wanted, wanted);
    MemorySegment firstLayout = library.layout(description, query(wanted, shape.first()));
    MemorySegment secondLayout = library.layout(description, query(wanted, shape.second()));
    MemorySegment outLayout = library.layout(description, query(wanted, wanted));
    rounding = reorder(library, plain.get(shape.first()), firstLayout);
    packing = reorder(library, plain.get(shape.second()), secondLayout);
    unpacking = reorder(library, outLayout, plain.get(wanted));
    convolution =
        new Primitive(
            library, description, Map.of(first, firstLayout, second, secondLayout, out, outLayout));
    packedBytes = library.bytes(secondLayout);
    rounded = arena.allocate(library.bytes(firstLayout), ALIGNMENT);
    result = arena.allocate(library.bytes(outLayout), ALIGNMENT);
    if (wanted != Operand.MAPS) {
      library.destroyDescription(description);
    }
    library.destroyDescription(forward);
    for (Map<Operand, MemorySegment> layouts : List.of(plain, bfloat16, mixed)) {
      layouts.values().forEach(library::destroyLayout);
    }
  }

  private static OneDnnConvolutions.Layouts geometry(
      Map<Operand, MemorySegment> layouts, Bf16Accelerator.Convolution shape) {
    return new OneDnnConvolutions.Layouts(
        layouts.get(Operand.IMAGES),
        layouts.get(Operand.FILTERS),
        layouts.get(Operand.MAPS),
        shape.padding());
  }

  /** The number of an argument; maps are their gradient in all but the convolution itself. */
  private static int argument(Operand wanted, Operand operand) {
    return switch (operand) {
      case IMAGES -> wanted == Operand.IMAGES ? OneDnn.SOURCE_GRADIENT : OneDnn.SOURCE;
      case FILTERS -> wanted == Operand.FILTERS ? OneDnn.WEIGHTS_GRADIENT : OneDnn.WEIGHTS;
      case MAPS -> wanted == Operand.MAPS ? OneDnn.DESTINATION : OneDnn.DESTINATION_GRADIENT;
    };
  }

  private static OneDnn.Query query(Operand wanted, Operand operand) {
    return switch (operand) {
      case IMAGES -> wanted == Operand.IMAGES ? OneDnn.Query.SOURCE_GRADIENT : OneDnn.Query.SOURCE;
      case FILTERS ->
          wanted == Operand.FILTERS ? OneDnn.Query.WEIGHTS_GRADIENT : OneDnn.Query.WEIGHTS;
      case MAPS ->
          wanted == Operand.MAPS ? OneDnn.Query.DESTINATION : OneDnn.Query.DESTINATION_GRADIENT;
    };
  }

  private static Primitive reorder(OneDnn library, MemorySegment from, MemorySegment to) {
    MemorySegment description = library.reorder(from, to);
    try {
      return new Primitive(
          library, description, Map.of(OneDnn.SOURCE, from, OneDnn.DESTINATION, to));
    } finally {
      library.destroyDescription(description);
    }
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
    rounding.give(OneDnn.SOURCE, a).give(OneDnn.DESTINATION, rounded).run();
    convolution.give(first, rounded).give(second, packed).give(this.out, result).run();
    unpacking.give(OneDnn.SOURCE, result).give(OneDnn.DESTINATION, out).run();
  }

  @Override
  public void close() {
    for (Primitive primitive : List.of(rounding, packing, convolution, unpacking)) {
      primitive.close();
    }
    arena.close();
  }
}

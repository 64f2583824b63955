package dev.wta.accelerator.onednn;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of oneDNN's C interface that describe convolutions of stride 1. */
final class OneDnnConvolutions {
  private static final int FORWARD = 64;
  private static final int DIRECT = 1;

  /**
   * The layouts of a convolution's operands.
   *
   * @param padding vertically and horizontally, on both sides
   */
  record Layouts(MemorySegment images, MemorySegment filters, MemorySegment maps, int padding) {}

  private final OneDnn library;
  private final MethodHandle describeConvolution;
  private final MethodHandle describeImageGradient;
  private final MethodHandle describeFilterGradient;

  OneDnnConvolutions(OneDnn library) {
    this.library = library;
    describeConvolution =
        library.call("dnnl_convolution_forward_primitive_desc_create", "ppiippppppppp");
    describeImageGradient =
        library.call("dnnl_convolution_backward_data_primitive_desc_create", "ppippppppppp");
    describeFilterGradient =
        library.call("dnnl_convolution_backward_weights_primitive_desc_create", "ppipppppppppp");
  }

  /** Describes a convolution: of images and filters, to maps. */
  MemorySegment convolution(Layouts c) {
    return described(
        c,
        (made, ones, zeros, padding, attributes) ->
            (int)
                describeConvolution.invokeExact(
                    made,
                    library.engine(),
                    FORWARD,
                    DIRECT,
                    c.images,
                    c.filters,
                    MemorySegment.NULL,
                    c.maps,
                    ones,
                    zeros,
                    padding,
                    padding,
                    attributes));
  }

  /**
   * Describes the gradient of a convolution's images, of its filters and its maps' gradient.
   *
   * @param forward a description of the convolution
   */
  MemorySegment imageGradient(Layouts c, MemorySegment forward) {
    return described(
        c,
        (made, ones, zeros, padding, attributes) ->
            (int)
                describeImageGradient.invokeExact(
                    made,
                    library.engine(),
                    DIRECT,
                    c.images,
                    c.filters,
                    c.maps,
                    ones,
                    zeros,
                    padding,
                    padding,
                    forward,
                    attributes));
  }

  /**
   * Describes the gradient of a convolution's filters, of its images and its maps' gradient.
   *
   * @param forward a description of the convolution
   */
  MemorySegment filterGradient(Layouts c, MemorySegment forward) {
    return described(
        c,
        (made, ones, zeros, padding, attributes) ->
            (int)
                describeFilterGradient.invokeExact(
                    made,
                    library.engine(),
                    DIRECT,
                    c.images,
                    c.filters,
                    MemorySegment.NULL,
                    c.maps,
                    ones,
                    zeros,
                    padding,
                    padding,
                    forward,
                    attributes));
  }

  private MemorySegment described(Layouts c, ConvolutionDescriber describer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ones = arena.allocateFrom(JAVA_LONG, 1, 1);
      MemorySegment zeros = arena.allocateFrom(JAVA_LONG, 0, 0);
      MemorySegment padding = arena.allocateFrom(JAVA_LONG, c.padding, c.padding);
      return library.described(
          (made, attributes) -> describer.describe(made, ones, zeros, padding, attributes));
    }
  }

  /**
   * A native call that stores a pointer to a description of a convolution, with its strides,
   * dilation and padding.
   */
  @FunctionalInterface
  private interface ConvolutionDescriber {
    int describe(
        MemorySegment out,
        MemorySegment strides,
        MemorySegment dilation,
        MemorySegment padding,
        MemorySegment attributes)
        throws Throwable;
  }
}

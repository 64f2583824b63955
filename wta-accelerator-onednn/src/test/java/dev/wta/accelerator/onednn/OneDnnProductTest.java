package dev.wta.accelerator.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneDnnProductTest {
  private final Random random = new Random(1);

  @ParameterizedTest
  @CsvSource({"1,1,2,1", "16,16,32,16", "48,7,130,9", "33,512,784,512", "112,100,800,612"})
  void productsAreThoseOfTheRoundedNumbers(int rows, int columns, int depth, int stride) {
    OneDnnAccelerator accelerator = new OneDnnAccelerator();
    assumeTrue(accelerator.obstacle().isEmpty(), () -> accelerator.obstacle().orElseThrow());
    Bf16Accelerator.Shape shape = new Bf16Accelerator.Shape(rows, columns, depth, stride);
    try (Arena arena = Arena.ofShared();
        Bf16Accelerator.Product product = accelerator.product(shape)) {
      MemorySegment a = matrix(arena, rows, depth);
      MemorySegment b = matrix(arena, columns, depth);
      MemorySegment packed = arena.allocate(product.packedBytes(), 64);
      MemorySegment out = arena.allocate(4L * rows * stride, 64);
      for (long i = 0; i < (long) rows * stride; i++) {
        out.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.NaN);
      }
      product.pack(b, packed);
      product.multiply(a, packed, out);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < stride; j++) {
          float found = out.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * stride + j);
          if (j >= columns) {
            assertThat(found).isNaN();
            continue;
          }
          double sum = 0;
          double magnitude = 0;
          for (int p = 0; p < depth; p++) {
            double term = (double) number(a, i * depth + p) * number(b, j * depth + p);
            sum += term;
            magnitude += Math.abs(term);
          }
          assertThat((double) found).isCloseTo(sum, within(depth * 0x1p-23 * magnitude));
        }
      }
    }
  }

  private MemorySegment matrix(Arena arena, int rows, int columns) {
    MemorySegment matrix = arena.allocate((long) rows * columns * Short.BYTES, 64);
    for (long i = 0; i < (long) rows * columns; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian());
      matrix.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> Short.SIZE));
    }
    return matrix;
  }

  private static float number(MemorySegment matrix, int i) {
    return Float.intBitsToFloat(matrix.getAtIndex(ValueLayout.JAVA_SHORT, i) << Short.SIZE);
  }
}

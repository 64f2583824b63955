package dev.wta.backend.cpu.screen;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Random;

/**
 * Multiplies as badly as an accelerator may: subnormal inputs and sums become 0, and terms are
 * added up in an order of chance.
 */
final class CoarseAccelerator implements Bf16Accelerator {
  @Override
  public String name() {
    return "coarse";
  }

  @Override
  public Optional<String> obstacle() {
    return Optional.empty();
  }

  @Override
  public Product convolution(Convolution shape) {
    throw new UnsupportedOperationException("winners are screened by products alone");
  }

  @Override
  public Product product(Shape shape) {
    return new CoarseProduct(shape, new Random(shape.depth()));
  }

  private record CoarseProduct(Shape shape, Random random) implements Product {
    @Override
    public long packedBytes() {
      return (long) shape.columns() * shape.depth() * Short.BYTES;
    }

    @Override
    public void pack(MemorySegment b, MemorySegment packed) {
      MemorySegment.copy(b, 0, packed, 0, packedBytes());
    }

    @Override
    public void multiply(MemorySegment a, MemorySegment packed, MemorySegment out) {
      float[] terms = new float[shape.depth()];
      float[] right = numbers(packed, shape.columns());
      float[] left = numbers(a, shape.rows());
      for (int i = 0; i < shape.rows(); i++) {
        for (int j = 0; j < shape.columns(); j++) {
          for (int p = 0; p < terms.length; p++) {
            terms[p] = flushed(left[i * terms.length + p] * right[j * terms.length + p]);
          }
          float sum = sum(terms);
          out.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * shape.stride() + j, sum);
        }
      }
    }

    /** Adds up some terms one by one, and the rest in pairs of pairs. */
    private float sum(float[] terms) {
      int left = terms.length;
      for (int chain = random.nextInt(left); chain > 0; chain--) {
        terms[left - 2] = flushed(terms[left - 2] + terms[left - 1]);
        left--;
      }
      while (left > 1) {
        int half = left / 2;
        for (int i = 0; i < half; i++) {
          terms[i] = flushed(terms[i] + terms[left - 1 - i]);
        }
        left -= half;
      }
      return terms[0];
    }

    private float[] numbers(MemorySegment matrix, int rows) {
      float[] numbers = new float[rows * shape.depth()];
      for (int i = 0; i < numbers.length; i++) {
        short upper = matrix.getAtIndex(ValueLayout.JAVA_SHORT, i);
        numbers[i] = flushed(Float.intBitsToFloat(upper << Short.SIZE));
      }
      return numbers;
    }

    private static float flushed(float x) {
      return Math.abs(x) < Float.MIN_NORMAL ? 0 : x;
    }

    @Override
    public void close() {}
  }
}

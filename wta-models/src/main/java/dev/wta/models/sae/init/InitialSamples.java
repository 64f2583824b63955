package dev.wta.models.sae.init;

import dev.wta.api.IntSize;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Arrays;

/** The pre-processed samples from which a sparse autoencoder is initialised. */
public final class InitialSamples {
  private static final int MOST = 1000;

  private final float[] values;
  private final int inputs;

  private InitialSamples(float[] values, int inputs) {
    this.values = values;
    this.inputs = inputs;
  }

  /** All samples if there are at most 1000, or else 1000 that the seed chooses. */
  public static InitialSamples of(Dataset samples, Preprocessing fitted, Shape sample, Seed seed) {
    int inputs = Math.toIntExact(sample.size());
    int count = Math.min(MOST, samples.size());
    float[] first =
        new float
            [IntSize.of((long) count * inputs, "numbers of the first %d samples".formatted(count))];
    if (count == samples.size()) {
      samples.read(0, count, first, 0);
    } else {
      Philox random = seed.stream("init/samples");
      for (int n = 0; n < count; n++) {
        samples.read(random.below(samples.size(), n), 1, first, n * inputs);
      }
    }
    fitted.apply(first, count, sample);
    return new InitialSamples(first, inputs);
  }

  private int count() {
    return values.length / inputs;
  }

  /** These samples, the first {@code most} at most: {@code (rows, inputs)}. */
  public Variable on(Tape tape, int most) {
    int rows = Math.min(count(), most);
    Tensor room = tape.temporary(Shape.of(rows, inputs));
    tape.backend().memory().upload(Arrays.copyOf(values, rows * inputs), 0, room);
    return tape.constant(room);
  }

  /** The geometric median, {@code (inputs)}. */
  public float[] median() {
    double[] median = GeometricMedian.of(values, inputs);
    float[] rounded = new float[inputs];
    for (int j = 0; j < inputs; j++) {
      rounded[j] = (float) median[j];
    }
    return rounded;
  }

  /**
   * The products of the geometric median m with an encoder's rows, {@code W m}. A transcoder, which
   * subtracts nothing from x, subtracts them from its biases, so that initial activations are
   * {@code W (x - m)}.
   *
   * @param rows W, {@code (units, inputs)}
   * @return {@code (units)}, the caller's to close
   */
  public Tensor encodedMedian(Backend backend, Tensor rows) {
    Tensor products = backend.memory().allocate(Shape.of(rows.shape().rows()));
    try (Tensor median = backend.memory().of(Shape.of(1, inputs), median())) {
      Tensor asRow = products.reshape(Shape.of(1, rows.shape().rows()));
      backend.dense().gemm(median, false, rows, true, 1, 0, Epilogue.NONE, asRow);
      return products;
    } catch (Throwable failed) {
      products.close();
      throw failed;
    }
  }

  /** The mean squared distance from the mean. */
  public double variance() {
    int count = count();
    double sum = 0;
    for (int j = 0; j < inputs; j++) {
      double mean = 0;
      for (int n = 0; n < count; n++) {
        mean += (double) values[n * inputs + j] / count;
      }
      for (int n = 0; n < count; n++) {
        double distance = values[n * inputs + j] - mean;
        sum += distance * distance / count;
      }
    }
    return sum;
  }
}

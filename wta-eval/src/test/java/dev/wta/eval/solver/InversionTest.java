package dev.wta.eval.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InversionTest {

  /** In one block, in whole blocks, and with a short last one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 128, 200, 256})
  void theProductWithTheInverseIsTheIdentity(int n) {
    Random random = new Random(n);
    double[][] x = new double[3 * n][n];
    for (double[] row : x) {
      for (int j = 0; j < n; j++) {
        row[j] = random.nextGaussian();
      }
    }
    float[] matrix = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = i == j ? 1 : 0;
        for (double[] row : x) {
          sum += row[i] * row[j];
        }
        matrix[i * n + j] = (float) sum;
      }
    }
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults());
        Tensor tensor = backend.memory().of(Shape.of(n, n), matrix)) {
      Inversion.run(backend, tensor);
      float[] inverse = backend.memory().download(tensor);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int k = 0; k < n; k++) {
            sum += (double) matrix[i * n + k] * inverse[k * n + j];
          }
          assertThat(sum).as("(%d, %d)", i, j).isCloseTo(i == j ? 1 : 0, within(1e-3));
        }
      }
    }
  }
}

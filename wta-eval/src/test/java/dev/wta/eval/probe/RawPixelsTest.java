package dev.wta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Idx;
import dev.wta.models.Features;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The errors that linear classifiers are known to make on MNIST's pixels. */
@Tag("slow")
class RawPixelsTest {
  @TempDir Path folder;

  @Test
  void linear_classifiers_on_pixels_err_as_they_are_known_to() {
    Path mnist = folder().resolve("mnist");
    assumeThat(mnist.resolve("train-images-idx3-ubyte.gz"))
        .as("MNIST in WTA_TEST_DATA or ../shared/data")
        .exists();
    try (Backend backend = Backends.best(BackendOptions.defaults());
        Dataset train = imported(mnist, "train");
        Dataset test = imported(mnist, "t10k");
        Features trainPixels = pixels(backend, train);
        Features testPixels = pixels(backend, test)) {
      ProbeResult svm =
          ProbeResult.of(
              LinearSvm.choosingC(), trainPixels, train.labels(), testPixels, test.labels());
      assertThat(svm.testError()).isBetween(0.080, 0.088);
      assertThat(svm.trainError()).isBetween(0.070, 0.085);
      ProbeResult softmax =
          ProbeResult.of(
              SoftmaxRegression.choosingC(),
              trainPixels,
              train.labels(),
              testPixels,
              test.labels());
      assertThat(softmax.testError()).isBetween(0.070, 0.080);
    }
  }

  private Dataset imported(Path mnist, String part) {
    Path out = folder.resolve(part + ".arrow");
    Idx.convert(
        mnist.resolve(part + "-images-idx3-ubyte.gz"),
        Optional.of(mnist.resolve(part + "-labels-idx1-ubyte.gz")),
        ImportTarget.to(out));
    return ArrowDataset.open(out);
  }

  private static Features pixels(Backend backend, Dataset data) {
    int inputs = Math.toIntExact(data.sampleShape().size());
    float[] values = new float[data.size() * inputs];
    data.read(0, data.size(), values, 0);
    Tensor tensor = backend.memory().allocate(Shape.of(data.size(), inputs));
    backend.memory().upload(values, 0, tensor);
    return new Features(backend, tensor);
  }

  private static Path folder() {
    String named = System.getProperty("WTA_TEST_DATA", System.getenv("WTA_TEST_DATA"));
    if (named != null) {
      return Path.of(named);
    }
    Path above = Path.of("").toAbsolutePath();
    while (above != null && !Files.isDirectory(above.resolve("shared/data"))) {
      above = above.getParent();
    }
    return above == null ? Path.of("shared/data") : above.resolve("shared/data");
  }
}

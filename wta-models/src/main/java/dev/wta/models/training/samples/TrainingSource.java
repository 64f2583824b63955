package dev.wta.models.training.samples;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.SampleStream;
import dev.wta.data.reading.MixedStream;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The source of a training's samples. */
public sealed interface TrainingSource {

  /** A data set of the caller's. */
  record Given(Dataset data) implements TrainingSource {}

  /** Batches that end, which are read into a temporary file first. */
  record Spooled(Iterable<float[][]> batches) implements TrainingSource {}

  /** A stream of samples of a shape, which is opened when training begins. */
  record Streamed(Function<Shape, SampleStream> opened) implements TrainingSource {}

  /**
   * Opens the samples for as long as they are used.
   *
   * @param sample the shape of one
   * @param buffer how many samples of a stream are in memory
   * @param use gets the samples, or the first ones of a stream and the stream itself
   * @return the result of {@code use}
   * @throws dev.wta.api.WtaException if there are no samples, or they cannot be read
   */
  default <T> T open(Shape sample, int buffer, BiFunction<Dataset, Optional<MixedStream>, T> use) {
    return switch (this) {
      case Given given -> use.apply(given.data(), Optional.empty());
      case Spooled spooled -> {
        try (Dataset file = SpooledBatches.of(spooled.batches().iterator(), sample)) {
          yield use.apply(file, Optional.empty());
        }
      }
      case Streamed streamed -> {
        try (MixedStream mixed = MixedStream.of(streamed.opened().apply(sample), buffer)) {
          yield use.apply(mixed.head(), Optional.of(mixed));
        }
      }
    };
  }
}

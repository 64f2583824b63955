package dev.wta.data.preprocessing;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.Map;

/**
 * Local contrast normalisation of each channel of a picture: every pixel relative to its
 * surroundings,
 *
 * <pre>{@code
 * v = x - G*x
 * y = v / sqrt(floor + G*(v^2))
 * }</pre>
 *
 * where {@code G*} is the mean over a window of {@code size} x {@code size} pixels, weighted by
 * {@code exp(-d^2 / spread)} at distance {@code d}. At the picture's border the mean is over the
 * part of the window inside it, its weights scaled to sum to 1 again, so that a flat picture is
 * zero up to its edges.
 *
 * @param size the side of the window in pixels, odd
 * @param spread how fast the weights fall, in square pixels
 * @param floor what is added to the local mean of squares
 */
public record LocalContrast(int size, double spread, double floor) implements Preprocessing {
  static final String KIND = "lcn";
  static final StepArgument SIZE = StepArgument.odd("size", 21);
  static final StepArgument SPREAD = StepArgument.above0("spread", 21.7);
  static final StepArgument FLOOR = StepArgument.above0("floor", 1);

  private static final int PICTURES_AT_ONCE = 8;

  public LocalContrast {
    SIZE.requireAllowed(size);
    SPREAD.requireAllowed(spread);
    FLOOR.requireAllowed(floor);
  }

  /** Checks that samples are pictures: {@code (channels, height, width)}. */
  static void requirePictures(String whose, Shape sample) {
    if (sample.rank() != 3) {
      throw new WtaException(
          "lcn takes pictures, and the samples of %s have shape %s".formatted(whose, sample),
          "leave out lcn, or give samples of shape channels x height x width");
    }
  }

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    requirePictures("this data", sample);
    int pixels = sample.extent(1) * sample.extent(2);
    double[] weights = new double[size / 2 + 1];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(-i * (double) i / spread);
    }
    LocalMean across = new LocalMean(weights, sample.extent(2));
    LocalMean down = new LocalMean(weights, sample.extent(1));
    RowRanges.inParallel(
        count,
        PICTURES_AT_ONCE,
        (from, to) -> {
          double[] values = new double[pixels];
          double[] means = new double[pixels];
          double[] scratch = new double[pixels];
          for (int plane = from * sample.extent(0); plane < to * sample.extent(0); plane++) {
            int start = plane * pixels;
            for (int i = 0; i < pixels; i++) {
              values[i] = samples[start + i];
            }
            localMean(values, scratch, means, across, down);
            for (int i = 0; i < pixels; i++) {
              values[i] -= means[i];
              samples[start + i] = (float) values[i];
              values[i] *= values[i];
            }
            localMean(values, scratch, means, across, down);
            for (int i = 0; i < pixels; i++) {
              samples[start + i] /= (float) Math.sqrt(floor + means[i]);
            }
          }
        });
  }

  /** The weights are a product of one over rows and one over columns, so the mean is, too. */
  private static void localMean(
      double[] plane, double[] scratch, double[] means, LocalMean across, LocalMean down) {
    for (int row = 0; row < down.length(); row++) {
      across.alongRow(plane, scratch, row * across.length());
    }
    down.alongColumns(scratch, means, across.length());
  }

  @Override
  public boolean costly() {
    return true;
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", KIND, SIZE.name(), size, SPREAD.name(), spread, FLOOR.name(), floor);
  }
}

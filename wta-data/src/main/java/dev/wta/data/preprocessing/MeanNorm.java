package dev.wta.data.preprocessing;

import dev.wta.api.ProgressListener;
import dev.wta.data.Dataset;

/**
 * Divides all samples by one number, so that their mean length is the root of the number of their
 * inputs: an input is then about 1 in size, whatever its unit was.
 *
 * <pre>{@code x / (mean |x| / sqrt(inputs))}</pre>
 *
 * <p>Unlike {@link L2Normalise} it keeps the ratios of samples' lengths, and it is undone by one
 * multiplication: what it is fitted to is a {@link Scaling}.
 */
final class MeanNorm {
  static final String KIND = "mean-norm";

  private MeanNorm() {}

  /** The scale of samples after {@code before}, summed in double precision. */
  static Scaling fit(Dataset data, Preprocessing before, ProgressListener listener) {
    int inputs = Math.toIntExact(data.sampleShape().size());
    double[] sum = {0};
    FittingPass.over(
        data,
        before,
        "taking the mean length",
        listener,
        (samples, count) -> {
          for (int start = 0; start < count * inputs; start += inputs) {
            double squares = 0;
            for (int i = start; i < start + inputs; i++) {
              squares += (double) samples[i] * samples[i];
            }
            sum[0] += Math.sqrt(squares);
          }
        });
    float divisor = (float) (sum[0] / data.size() / Math.sqrt(inputs));
    return new Scaling(divisor > 0 ? divisor : 1); // samples of nothing but zeros stay so
  }
}

package dev.wta.cli.job;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.eval.image.FilterGrid;
import dev.wta.models.Encoder;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Optional;

/** Draws what a model's units have learnt. */
public final class FiltersJob {
  private final Encoder encoder;

  /**
   * What was drawn.
   *
   * @param drawn the units in the picture
   * @param units the units that there are
   */
  public record Summary(Path out, int drawn, int units) {}

  @Inject
  public FiltersJob(Encoder encoder) {
    this.encoder = encoder;
  }

  /**
   * Draws the decoder's filters, those of the largest norms first.
   *
   * @param out the PNG file to write
   * @param most at most so many units
   * @param layer of a stacked model, from 1; its last if empty
   * @throws WtaException if there is no such layer
   */
  public Summary run(Path out, int most, Optional<Integer> layer) {
    if (layer.isEmpty()) {
      return draw(out, most, encoder.decoderFilters(), encoder.filterShape());
    }
    int layers = encoder.layers().size();
    if (layer.get() < 1 || layer.get() > layers) {
      throw new WtaException(
          "there is no layer %d in a model of %s"
              .formatted(layer.get(), layers == 0 ? encoder.family() : layers + " layers"),
          layers == 0 ? "leave out --layer" : "give --layer a number from 1 to " + layers);
    }
    try (Tensor drawn = encoder.layerFilters(layer.get())) {
      return draw(out, most, drawn, drawn.shape().row());
    }
  }

  private Summary draw(Path out, int most, Tensor drawn, Shape shape) {
    float[] filters = encoder.backend().memory().download(drawn);
    FilterGrid picture = FilterGrid.of(shape).most(most);
    int[] units = FilterGrid.byScore(picture.norms(filters));
    picture.write(out, filters, units);
    return new Summary(out, Math.min(most, units.length), units.length);
  }
}

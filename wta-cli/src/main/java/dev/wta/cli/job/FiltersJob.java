package dev.wta.cli.job;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.eval.image.FilterGrid;
import dev.wta.models.Model;
import dev.wta.models.stacked.Stacked;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Optional;

/** Draws what a model's units have learnt. */
public final class FiltersJob {
  private final Model model;

  /**
   * What was drawn.
   *
   * @param drawn the units in the picture
   * @param units the units that there are
   */
  public record Summary(Path out, int drawn, int units) {}

  @Inject
  FiltersJob(Model model) {
    this.model = model;
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
      return draw(out, most, model.decoderFilters(), model.filterShape());
    }
    int layers = model.layers().size();
    if (!(model instanceof Stacked stack) || layer.get() < 1 || layer.get() > layers) {
      throw new WtaException(
          "there is no layer %d in a model of %s"
              .formatted(layer.get(), layers == 0 ? model.family() : layers + " layers"),
          layers == 0 ? "leave out --layer" : "give --layer a number from 1 to " + layers);
    }
    try (Tensor drawn = stack.decodedFilters(layer.get())) {
      return draw(out, most, drawn, drawn.shape().row());
    }
  }

  private Summary draw(Path out, int most, Tensor drawn, Shape shape) {
    float[] filters = model.backend().memory().download(drawn);
    FilterGrid picture = FilterGrid.of(shape).most(most);
    int[] units = FilterGrid.byScore(picture.norms(filters));
    picture.write(out, filters, units);
    return new Summary(out, Math.min(most, units.length), units.length);
  }
}

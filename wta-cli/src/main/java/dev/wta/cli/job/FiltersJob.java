package dev.wta.cli.job;

import dev.wta.eval.FilterPicture;
import dev.wta.models.Model;
import jakarta.inject.Inject;
import java.nio.file.Path;

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
   */
  public Summary run(Path out, int most) {
    float[] filters = model.backend().memory().download(model.decoderFilters());
    FilterPicture picture = FilterPicture.of(model.filterShape()).most(most);
    int[] units = FilterPicture.byScore(picture.norms(filters));
    picture.write(out, filters, units);
    return new Summary(out, Math.min(most, units.length), units.length);
  }
}

package dev.wta.eval.report;

import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.eval.image.FilterGrid;
import dev.wta.eval.image.TileShape;
import dev.wta.eval.metrics.SparsityMeter;
import dev.wta.eval.report.html.InlineImage;
import dev.wta.eval.report.html.Range;
import dev.wta.eval.report.html.Tile;
import dev.wta.models.FeatureExtractor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The pictures of units: each one's filter in the decoder, and the samples that activate it most.
 * Those with the most power come first, mean squared activation times squared norm of the filter,
 * or, without data, those with the largest filters.
 */
final class Gallery {
  private static final int MOST_FILTERS = 240;
  private static final int FEWEST = 24;
  private static final int FILTER_PIXELS = 1_000_000;
  private static final int EXCITING_PIXELS = 2_000_000;

  private final float[] filters;
  private final double[] norms;
  private final TileShape filterShape;
  private final Optional<Samples> samples;
  private final int[] order;

  /** What the units' activity was measured on. */
  private record Samples(Dataset data, SparsityMeter meter, TileShape shape) {
    /** Whether the units are maps as large as the samples. */
    boolean mapped() {
      return data.sampleShape().rank() == 3 && meter.positions() == shape.height() * shape.width();
    }
  }

  private Gallery(float[] filters, Shape filterShape, Optional<Samples> samples) {
    this.filters = filters;
    this.norms = FilterGrid.of(filterShape).norms(filters);
    this.filterShape = TileShape.of(filterShape);
    this.samples = samples;
    this.order = FilterGrid.byScore(scores());
  }

  /**
   * Filters alone.
   *
   * @param filters {@code (units, filterShape)}
   */
  static Gallery of(float[] filters, Shape filterShape) {
    return new Gallery(filters, filterShape, Optional.empty());
  }

  /** An encoder's filters alone. */
  static Gallery of(FeatureExtractor encoder) {
    return of(filters(encoder), encoder.filterShape());
  }

  /** Filters, and what excites their units in {@code data}, on which activity was measured. */
  static Gallery of(FeatureExtractor encoder, Dataset data, SparsityMeter meter) {
    Samples samples = new Samples(data, meter, TileShape.of(encoder.sampleShape()));
    return new Gallery(filters(encoder), encoder.filterShape(), Optional.of(samples));
  }

  private static float[] filters(FeatureExtractor encoder) {
    return encoder.backend().memory().download(encoder.decoderFilters());
  }

  private double[] scores() {
    double[] scores = new double[norms.length];
    Arrays.setAll(
        scores, unit -> norms[unit] * norms[unit] * (knowsActivity() ? meter().power(unit) : 1));
    return scores;
  }

  /** Whether what units do is known, and the units are the filters'. */
  boolean knowsActivity() {
    return samples.isPresent()
        && samples.get().meter().units() == filters.length / filterShape.size();
  }

  boolean inColour() {
    return filterShape.channels() == 3;
  }

  int units() {
    return order.length;
  }

  /** The units whose filters are shown, those of the largest power first. */
  int[] shown() {
    int fit = FILTER_PIXELS / Math.min(filterShape.size(), 64 * 64 * filterShape.channels());
    return Arrays.copyOf(order, Math.min(order.length, Math.clamp(fit, FEWEST, MOST_FILTERS)));
  }

  /** How many of these are shown with what excites them; 0 where that is not known. */
  int portrayed() {
    if (!knowsActivity()) {
      return 0;
    }
    TileShape tile = excitingShape();
    int pixels = Math.min(tile.size(), 64 * 64 * tile.channels()) * SparsityMeter.MOST_EXCITING;
    return Math.min(shown().length, Math.clamp(EXCITING_PIXELS / pixels, FEWEST, MOST_FILTERS));
  }

  InlineImage filter(int unit) {
    return InlineImage.ofFilter(filters, unit * filterShape.size(), filterShape);
  }

  /** Whether exciting pictures are cut out round the place where a unit's map is most active. */
  boolean cutsOut() {
    return knowsActivity() && samples.orElseThrow().mapped();
  }

  private TileShape excitingShape() {
    TileShape whole = samples.orElseThrow().shape();
    return cutsOut()
        ? new TileShape(whole.channels(), filterShape.height(), filterShape.width())
        : whole;
  }

  SparsityMeter meter() {
    return samples.orElseThrow().meter();
  }

  /** The samples that excite a unit most, three in a row; empty for a unit that none does. */
  Optional<InlineImage> exciting(int unit) {
    int count = meter().excitingSamples(unit);
    if (count == 0) {
      return Optional.empty();
    }
    InlineImage[] tiles = new InlineImage[count];
    for (int rank = 0; rank < count; rank++) {
      tiles[rank] = sample(unit, rank);
    }
    return Optional.of(InlineImage.grid(tiles, Math.min(3, count), cutsOut() ? 1 : 0));
  }

  private InlineImage sample(int unit, int rank) {
    Dataset data = samples.orElseThrow().data();
    TileShape whole = samples.orElseThrow().shape();
    float[] values = new float[whole.size()];
    data.read(meter().row(unit, rank), 1, values, 0);
    Tile tile = Tile.of(values, 0, whole);
    Range range =
        data.elementType() == ElementType.UINT8
            ? new Range(0, 255)
            : Range.of(values, 0, values.length);
    if (cutsOut()) {
      int position = meter().position(unit, rank);
      tile =
          tile.around(
              position / whole.width(),
              position % whole.width(),
              filterShape.height(),
              filterShape.width());
    }
    return InlineImage.of(tile, range);
  }
}

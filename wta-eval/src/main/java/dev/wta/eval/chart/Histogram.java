package dev.wta.eval.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A histogram.
 *
 * @param x what was counted by its size
 * @param y the number of it; a logarithmic axis shows rare sizes beside frequent ones
 */
public record Histogram(String title, Axis x, Axis y, List<Bin> bins) implements Chart {
  public Histogram {
    bins = List.copyOf(bins);
    if (bins.isEmpty()) {
      throw new IllegalArgumentException("a histogram has intervals");
    }
  }

  /** Those from {@code from} up to {@code to}. */
  public record Bin(double from, double to, double count) {}

  /** Intervals between neighbouring {@code edges}, one more than there are {@code counts}. */
  public static Histogram of(String title, Axis x, Axis y, double[] edges, long[] counts) {
    if (edges.length != counts.length + 1) {
      throw new IllegalArgumentException(
          "%d edges for %d intervals".formatted(edges.length, counts.length));
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      bins.add(new Bin(edges[i], edges[i + 1], counts[i]));
    }
    return new Histogram(title, x, y, bins);
  }

  @Override
  public String svg() {
    Axis up = y.fromZero();
    double[] edges =
        bins.stream().flatMapToDouble(bin -> DoubleStream.of(bin.from(), bin.to())).toArray();
    AxisScale across = AxisScale.of(x, edges);
    AxisScale heights = AxisScale.of(up, bins.stream().mapToDouble(Bin::count).toArray());
    Plot plot = Plot.begin(title, description(), across, x, heights, up);
    for (Bin bin : bins) {
      if (bin.count() > 0) {
        plot.bar(
            0, plot.across(bin.from()) + 0.5, plot.across(bin.to()) - 0.5, bin.count(), words(bin));
      }
    }
    return plot.end();
  }

  private String description() {
    Bin fullest = bins.getFirst();
    for (Bin bin : bins) {
      fullest = bin.count() > fullest.count() ? bin : fullest;
    }
    return "%s by %s, in %d intervals; most in %s"
        .formatted(y.title(), x.title(), bins.size(), words(fullest));
  }

  private static String words(Bin bin) {
    return "%s to %s: %s"
        .formatted(
            AxisScale.text(bin.from()), AxisScale.text(bin.to()), AxisScale.text(bin.count()));
  }
}

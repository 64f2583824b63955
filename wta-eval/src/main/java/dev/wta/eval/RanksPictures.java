package dev.wta.eval;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.eval.chart.Axis;
import dev.wta.eval.chart.Histogram;
import dev.wta.eval.chart.LineChart;
import dev.wta.eval.chart.Series;
import dev.wta.eval.image.FilterGrid;
import dev.wta.models.ForwardPass;
import dev.wta.models.roae.Roae;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Pictures of how a rank-ordered autoencoder converges, how sparse its outputs are, and how its
 * units reconstruct a sample one after the other, as its paper has them.
 */
public final class RanksPictures {
  /** The names of the pictures in their folder. */
  public static final List<String> PICTURES =
      List.of("convergence.svg", "errors.png", "outputs.svg", "patches.png");

  private static final String ERROR_AT = "errorAt";

  /** The rows of the heat map, drawn this many pixels high, are numbers of units. */
  private static final int ROW_HEIGHT = 4;

  private static final int BINS = 50;
  private static final int SHOWN_SAMPLES = 10;

  /** Of a sample's range, [0, 1]: what a tile shows as the middle grey. */
  private static final float MIDDLE = 0.5f;

  /** The units added up in the columns of the picture of samples. */
  private static final int[] SHOWN_UNITS = {1, 2, 3, 5, 8, 12, 20, 40, 80, Integer.MAX_VALUE};

  private final RunDirectory run;
  private final Roae model;
  private final Dataset samples;
  private ProgressListener listener = ProgressListener.SILENT;

  private RanksPictures(RunDirectory run, Roae model, Dataset samples) {
    this.run = run;
    this.model = model;
    this.samples = samples;
  }

  /**
   * Pictures of a run.
   *
   * @param model the run's
   * @param data samples, or pictures to cut the model's patches from
   */
  public static RanksPictures of(RunDirectory run, Roae model, Dataset data) {
    return new RanksPictures(run, model, model.patchesOf(data));
  }

  /** Reports progress to {@code listener}. */
  public RanksPictures listen(ProgressListener listener) {
    this.listener = listener;
    return this;
  }

  /**
   * Renders the pictures into a folder, which is made if need be: {@code convergence.svg}, the
   * error of a training sample by epoch, and of {@code data} at the end; {@code errors.png}, a heat
   * map of the logarithm of the error, a row a number of units (1, 5, 10, ..., and all), a column
   * an epoch that has a line in the log; {@code outputs.svg}, the histogram of the outputs; {@code
   * patches.png}, a row a sample, which more and more of its highest units reconstruct, and the
   * sample itself.
   *
   * @param errorByRank the result of {@link Roae#errorByRank} for the data
   * @throws WtaException if the folder cannot be written, or the run has no metrics
   */
  public void write(Path out, double[] errorByRank) {
    if (run.state().map(TrainingState::epoch).orElse(0) == 0) {
      throw new WtaException(
          run.path() + " has not finished an epoch", "resume its training (wta train --resume)");
    }
    List<String> curves = curves();
    try {
      Files.createDirectories(out);
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be made: %s".formatted(out, failed), "give another folder", failed);
    }
    double[][] byEpoch =
        curves.stream().map(curve -> values(byEpoch(curve))).toArray(double[][]::new);
    convergence(byEpoch("loss"), errorByRank).write(out.resolve("convergence.svg"));
    errors(byEpoch, out.resolve("errors.png"));
    try (ForwardPass pass = ForwardPass.of(model, samples)) {
      long[] counts = new long[BINS];
      boolean first = true;
      int done = 0;
      while (pass.next()) {
        listener.progressed("counting outputs", done, samples.size());
        done += pass.count();
        float[] codes = pass.codes();
        for (int i = 0; i < pass.count() * model.features(); i++) {
          counts[Math.min((int) (codes[i] * BINS), BINS - 1)]++;
        }
        if (first) {
          patches(pass, codes, out.resolve("patches.png"));
          first = false;
        }
      }
      outputs(counts).write(out.resolve("outputs.svg"));
    }
  }

  /** The logged errors, those of few units first and the loss, that of all units, last. */
  private List<String> curves() {
    List<String> numbers =
        run.readMetrics().stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new WtaException(
                        run.path() + " has no metrics", "train it with log-every below its steps"))
            .keySet()
            .stream()
            .filter(key -> key.startsWith(ERROR_AT))
            .toList();
    return Stream.concat(numbers.stream(), Stream.of("loss")).toList();
  }

  /** The mean of a metric in each epoch that has a line in the log, by the epoch from 1. */
  private SortedMap<Integer, Double> byEpoch(String metric) {
    SortedMap<Integer, List<Double>> values = new TreeMap<>();
    for (Map<String, Object> line : run.readMetrics()) {
      values
          .computeIfAbsent(epochOf(((Number) line.get("step")).longValue()), _ -> new ArrayList<>())
          .add(((Number) line.get(metric)).doubleValue());
    }
    SortedMap<Integer, Double> means = new TreeMap<>();
    values.forEach(
        (epoch, some) ->
            means.put(
                epoch, some.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
    return means;
  }

  /** The epoch, from 1, that a step, from 1, belongs to. */
  private int epochOf(long step) {
    TrainingState end = run.state().orElseThrow();
    return 1 + Math.toIntExact((step - 1) / (end.step() / end.epoch()));
  }

  private static double[] values(SortedMap<Integer, Double> byEpoch) {
    return byEpoch.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static LineChart convergence(SortedMap<Integer, Double> loss, double[] errorByRank) {
    double[] epochs = loss.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
    return new LineChart(
        "Error of a sample by epoch",
        Axis.linear("epoch"),
        Axis.linear("|x - R|").fromZero(),
        List.of(
            Series.of("training", epochs, values(loss)),
            Series.of(
                "the data, at the end",
                new double[] {loss.lastKey()},
                new double[] {errorByRank[errorByRank.length - 1]})));
  }

  private static void errors(double[][] byEpoch, Path png) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double[] curve : byEpoch) {
      for (double error : curve) {
        low = Math.min(low, Math.log(error));
        high = Math.max(high, Math.log(error));
      }
    }
    int epochs = byEpoch[0].length;
    float[] map = new float[byEpoch.length * ROW_HEIGHT * epochs];
    for (int i = 0; i < map.length; i++) {
      double error = byEpoch[i / epochs / ROW_HEIGHT][i % epochs];
      map[i] = (float) (Math.log(error) - (low + high) / 2);
    }
    FilterGrid.write(png, map, Shape.of(byEpoch.length * ROW_HEIGHT, epochs));
  }

  private static Histogram outputs(long[] counts) {
    double[] edges = new double[BINS + 1];
    Arrays.setAll(edges, i -> i / (double) BINS);
    return Histogram.of(
        "Outputs of the units", Axis.linear("output"), Axis.log("outputs"), edges, counts);
  }

  private void patches(ForwardPass pass, float[] codes, Path png) {
    int units = model.features();
    int inputs = Math.toIntExact(model.sampleShape().size());
    float[] weights = model.backend().memory().download(model.decoderFilters());
    int rows = Math.min(SHOWN_SAMPLES, pass.count());
    int columns = SHOWN_UNITS.length + 1;
    float[] tiles = new float[rows * columns * inputs];
    for (int n = 0; n < rows; n++) {
      double[] outputs = new double[units];
      for (int u = 0; u < units; u++) {
        outputs[u] = codes[n * units + u];
      }
      int[] ranked = FilterGrid.byScore(outputs);
      double[] sum = new double[inputs];
      int added = 0;
      for (int c = 0; c < columns - 1; c++) {
        for (; added < Math.min(SHOWN_UNITS[c], units); added++) {
          int unit = ranked[added];
          for (int i = 0; i < inputs; i++) {
            sum[i] += outputs[unit] * weights[unit * inputs + i];
          }
        }
        for (int i = 0; i < inputs; i++) {
          tiles[(n * columns + c) * inputs + i] = (float) Math.clamp(sum[i], 0.0, 1.0) - MIDDLE;
        }
      }
      for (int i = 0; i < inputs; i++) {
        tiles[(n * columns + columns - 1) * inputs + i] = pass.samples()[n * inputs + i] - MIDDLE;
      }
    }
    FilterGrid grid = FilterGrid.of(model.sampleShape()).most(rows * columns).columns(columns);
    grid.write(png, tiles, grid.inOrder(tiles));
  }
}

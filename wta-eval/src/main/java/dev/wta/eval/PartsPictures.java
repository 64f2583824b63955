package dev.wta.eval;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.eval.chart.Axis;
import dev.wta.eval.chart.Histogram;
import dev.wta.eval.chart.ScatterChart;
import dev.wta.eval.chart.Series;
import dev.wta.eval.image.FilterGrid;
import dev.wta.models.ForwardPass;
import dev.wta.models.drsae.Drsae;
import dev.wta.models.drsae.OptimalDecoders;
import dev.wta.models.drsae.ProgressiveReconstruction;
import dev.wta.models.drsae.UnitAngles;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Pictures of which units of a DrSAE stand for parts and which for categories, as its paper has
 * them.
 */
public final class PartsPictures {
  /** The names of the pictures in their folder. */
  public static final List<String> PICTURES =
      List.of(
          "recurrent.svg",
          "classifier.svg",
          "units.png",
          "encoders.png",
          "recurrence.svg",
          "code.svg",
          "iterations.png",
          "progressive.png");

  /** The units added up in the columns of the picture of progressive reconstructions. */
  private static final int[] SHOWN_UNITS = {1, 2, 3, 4, 6, 8, 12, 16, 24, Integer.MAX_VALUE};

  private static final int MOST_SAMPLES = 10_000;
  private static final int ROWS = 10;

  /** The pairs of units of two kinds whose connection is shown, at most. */
  private static final int SHOWN_PAIRS = 250;

  private static final int ACTIVE_BINS = 30;

  private final Drsae model;
  private final Dataset data;
  private final ProgressListener listener;

  private PartsPictures(Drsae model, Dataset data, ProgressListener listener) {
    this.model = model;
    this.data = data;
    this.listener = listener;
  }

  /** Pictures of a model's units, and of some samples of {@code data} that they reconstruct. */
  public static PartsPictures of(Drsae model, Dataset data, ProgressListener listener) {
    return new PartsPictures(model, data, listener);
  }

  /**
   * Checks that a run is of a DrSAE, before anything is opened for it.
   *
   * @throws WtaException if it is not
   */
  public static void requireParts(RunDirectory run) {
    String family = run.config().family();
    if (!family.equals(Drsae.NAME)) {
      throw new WtaException(
          "%s is a run of '%s', whose units have no encoder and decoder to compare"
              .formatted(run.path(), family),
          "give a run of " + Drsae.NAME);
    }
  }

  /**
   * Renders the pictures into a folder, which is made if need be: {@code recurrent.svg} and {@code
   * classifier.svg}, the norms of the rows of S - I and of the columns of C against the angle;
   * {@code units.png} and {@code encoders.png}, the units' decoders and encoders by growing angle;
   * {@code recurrence.svg}, connections from unit to unit, elements of S - I, against those of
   * -D'D, which would make the encoder a step of gradient descent; {@code code.svg}, how many units
   * of the final code are active; {@code iterations.png}, what some of them stand for in each
   * iteration; {@code progressive.png}, samples reconstructed by more and more of their units.
   *
   * @throws WtaException if the data does not fit the model, or the folder cannot be written
   */
  public UnitAngles write(Path out) {
    model.requireShape(data);
    try {
      Files.createDirectories(out);
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be made: %s".formatted(out, failed), "give another folder", failed);
    }
    UnitAngles angles = UnitAngles.of(model);
    Map<String, Runnable> pictures = new LinkedHashMap<>();
    pictures.put("rendering the units", () -> units(angles, out));
    pictures.put("comparing S - I with D'D", () -> recurrence(angles, out));
    pictures.put("counting active units", () -> code(out));
    pictures.put("fitting a decoder to each iteration", () -> iterations(angles, out));
    pictures.put("reconstructing samples unit by unit", () -> progress(out));
    int done = 0;
    for (Map.Entry<String, Runnable> picture : pictures.entrySet()) {
      listener.progressed(picture.getKey(), done++, pictures.size());
      picture.getValue().run();
    }
    return angles;
  }

  private void units(UnitAngles angles, Path out) {
    chart(
            angles,
            "Recurrent connections by angle",
            "norm of a row of S - I",
            UnitAngles.Unit::recurrent)
        .write(out.resolve("recurrent.svg"));
    chart(
            angles,
            "Classifier's weights by angle",
            "norm of a column of C",
            UnitAngles.Unit::classifier)
        .write(out.resolve("classifier.svg"));
    float[] filters = model.backend().memory().download(model.decoderFilters());
    FilterGrid grid = FilterGrid.of(model.sampleShape());
    grid.write(out.resolve("units.png"), filters, angles.byAngle());
    float[] encoders = model.backend().memory().download(model.encoderFilters());
    grid.write(out.resolve("encoders.png"), encoders, angles.byAngle());
  }

  /**
   * A connection from one unit to another against the decoders' product, a series a pair of kinds.
   */
  private void recurrence(UnitAngles angles, Path out) {
    float[] recurrent = model.backend().memory().download(model.recurrentWeights());
    float[] decoder = model.backend().memory().download(model.decoderFilters());
    int units = model.features();
    int inputs = decoder.length / units;
    List<UnitAngles.Kind> kinds = List.of(UnitAngles.Kind.PART, UnitAngles.Kind.CATEGORICAL);
    List<Series> series = new ArrayList<>();
    for (UnitAngles.Kind from : kinds) {
      for (UnitAngles.Kind to : kinds) {
        List<UnitAngles.Unit> sources = angles.of(from);
        List<UnitAngles.Unit> targets = angles.of(to);
        long pairs = (long) sources.size() * targets.size();
        int shown = Math.toIntExact(Math.min(pairs, SHOWN_PAIRS));
        double[] x = new double[shown];
        double[] y = new double[shown];
        for (int i = 0; i < shown; i++) {
          long pair = i * pairs / shown; // evenly among all
          int source = sources.get((int) (pair / targets.size())).index();
          int target = targets.get((int) (pair % targets.size())).index();
          double product = 0;
          for (int k = 0; k < inputs; k++) {
            product += (double) decoder[source * inputs + k] * decoder[target * inputs + k];
          }
          boolean itself = source == target;
          x[i] = itself ? Double.NaN : -product;
          y[i] = itself ? Double.NaN : recurrent[target * units + source];
        }
        series.add(Series.of(from.word() + " → " + to.word(), x, y));
      }
    }
    new ScatterChart(
            "Connections against the decoders' products",
            Axis.linear("element of -D'D"),
            Axis.linear("element of S - I"),
            series)
        .write(out.resolve("recurrence.svg"));
  }

  private void code(Path out) {
    Dataset some = data.size() > MOST_SAMPLES ? data.range(0, MOST_SAMPLES) : data;
    int units = model.features();
    long[] counts = new long[Math.min(ACTIVE_BINS, units + 1)];
    double width = (units + 1) / (double) counts.length;
    try (ForwardPass pass = ForwardPass.of(model, some)) {
      while (pass.next()) {
        float[] codes = pass.codes();
        for (int n = 0; n < pass.count(); n++) {
          int active = 0;
          for (int u = 0; u < units; u++) {
            active += codes[n * units + u] > 0 ? 1 : 0;
          }
          counts[(int) (active / width)]++;
        }
      }
    }
    double[] edges = new double[counts.length + 1];
    Arrays.setAll(edges, i -> i * width);
    Histogram.of(
            "Active units of the final code",
            Axis.linear("active units of " + units),
            Axis.linear("samples"),
            edges,
            counts)
        .write(out.resolve("code.svg"));
  }

  /** A row a unit, from the smallest angle to the largest; a column an iteration. */
  private void iterations(UnitAngles angles, Path out) {
    int[] sorted = angles.byAngle();
    int rows = Math.min(2 * ROWS, sorted.length);
    if (rows == 0) {
      return;
    }
    Dataset some = data.size() > MOST_SAMPLES ? data.range(0, MOST_SAMPLES) : data;
    float[][] decoders = OptimalDecoders.fit(model, some);
    int inputs = Math.toIntExact(model.sampleShape().size());
    float[] tiles = new float[rows * decoders.length * inputs];
    for (int row = 0; row < rows; row++) {
      int unit = sorted[(int) ((sorted.length - 1L) * row / Math.max(1, rows - 1))];
      for (int t = 0; t < decoders.length; t++) {
        System.arraycopy(
            decoders[t], unit * inputs, tiles, (row * decoders.length + t) * inputs, inputs);
      }
    }
    write(out.resolve("iterations.png"), tiles, decoders.length);
  }

  /** A row a sample: the first unit's part, that of two, ..., and the sample itself. */
  private void progress(Path out) {
    Dataset shown = data.subset(oneOfEachClass());
    int inputs = Math.toIntExact(model.sampleShape().size());
    int columns = SHOWN_UNITS.length + 1;
    float[] tiles = new float[shown.size() * columns * inputs];
    try (ForwardPass pass = ForwardPass.of(model, shown, shown.size())) {
      pass.next();
      ProgressiveReconstruction[] progress = ProgressiveReconstruction.of(model, pass.codes());
      for (int n = 0; n < shown.size(); n++) {
        for (int c = 0; c < SHOWN_UNITS.length; c++) {
          float[] sum = progress[n].after(SHOWN_UNITS[c], inputs);
          System.arraycopy(sum, 0, tiles, (n * columns + c) * inputs, inputs);
        }
        System.arraycopy(
            pass.samples(), n * inputs, tiles, (n * columns + SHOWN_UNITS.length) * inputs, inputs);
      }
    }
    write(out.resolve("progressive.png"), tiles, columns);
  }

  private void write(Path png, float[] tiles, int columns) {
    int count = tiles.length / Math.toIntExact(model.sampleShape().size());
    FilterGrid picture = FilterGrid.of(model.sampleShape()).most(count).columns(columns);
    picture.write(png, tiles, picture.inOrder(tiles));
  }

  /** The first sample of each class, or the first samples of data without labels. */
  private int[] oneOfEachClass() {
    int[] first = new int[Math.min(ROWS, data.size())];
    Arrays.setAll(first, i -> i);
    if (!data.labelled()) {
      return first;
    }
    Map<Integer, Integer> rows = new LinkedHashMap<>();
    int[] labels = data.labels();
    for (int i = 0; i < labels.length; i++) {
      rows.putIfAbsent(labels[i], i);
    }
    return rows.keySet().stream().sorted().limit(ROWS).mapToInt(rows::get).toArray();
  }

  /** A norm of the units against their angle, a series a kind. */
  private static ScatterChart chart(
      UnitAngles angles, String title, String what, ToDoubleFunction<UnitAngles.Unit> norm) {
    List<Series> series = new ArrayList<>();
    for (UnitAngles.Kind kind : UnitAngles.Kind.values()) {
      List<UnitAngles.Unit> some = angles.of(kind);
      series.add(
          Series.of(
              kind.text(),
              some.stream().mapToDouble(UnitAngles.Unit::angle).toArray(),
              some.stream().mapToDouble(norm).toArray()));
    }
    return new ScatterChart(
        title,
        Axis.linear("angle between encoder and decoder, rad").fromZero(),
        Axis.linear(what).fromZero(),
        series);
  }
}

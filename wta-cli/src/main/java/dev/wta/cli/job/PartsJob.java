package dev.wta.cli.job;

import dev.wta.api.ProbeListener;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.eval.image.FilterGrid;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.drsae.Drsae;
import dev.wta.models.drsae.OptimalDecoders;
import dev.wta.models.drsae.ProgressiveReconstruction;
import dev.wta.models.drsae.UnitAngles;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows which units of a DrSAE draw parts and which stand for categories, as its paper does. */
public final class PartsJob {
  /** The names of the pictures in their folder. */
  public static final List<String> PICTURES =
      List.of("recurrent.svg", "classifier.svg", "units.png", "iterations.png", "progressive.png");

  /** The units that draw, in the columns of the picture of progressive reconstructions. */
  private static final int[] DRAWN = {1, 2, 3, 4, 6, 8, 12, 16, 24, Integer.MAX_VALUE};

  private static final int MOST_SAMPLES = 10_000;
  private static final int ROWS = 10;

  private final Drsae model;
  private final Dataset data;
  private final ProbeListener listener;

  @Inject
  PartsJob(Model model, @Named("data") Dataset data, ProbeListener listener) {
    this.model = (Drsae) model; // requireParts has seen to that
    this.data = data;
    this.listener = listener;
  }

  /**
   * Checks that a run is of a DrSAE, before anything is opened for it.
   *
   * @throws WtaException if it is not
   */
  public static void requireParts(Path run) {
    String family = RunDirectory.open(run).config().family();
    if (!family.equals(Drsae.NAME)) {
      throw new WtaException(
          "%s is a run of '%s', whose units have no encoder and decoder to compare"
              .formatted(run, family),
          "give a run of " + Drsae.NAME);
    }
  }

  /**
   * Draws the pictures into a folder, which is made if need be: {@code recurrent.svg} and {@code
   * classifier.svg}, the norms of the rows of S - I and of the columns of C against the angle;
   * {@code units.png}, what units draw, by growing angle; {@code iterations.png}, what some of them
   * stand for in each iteration; {@code progressive.png}, samples drawn by more and more of their
   * units.
   *
   * @throws WtaException if the data does not fit the model, or the folder cannot be written
   */
  public UnitAngles run(Path out) {
    model.requireShape(data);
    try {
      Files.createDirectories(out);
    } catch (IOException failed) {
      throw new WtaException(
          "%s cannot be made: %s".formatted(out, failed), "give another folder", failed);
    }
    UnitAngles angles = UnitAngles.of(model);
    Map<String, Runnable> pictures = new LinkedHashMap<>();
    pictures.put("drawing the units", () -> drawUnits(angles, out));
    pictures.put("fitting a decoder to each iteration", () -> drawIterations(angles, out));
    pictures.put("drawing samples unit by unit", () -> drawProgress(out));
    int done = 0;
    for (Map.Entry<String, Runnable> picture : pictures.entrySet()) {
      listener.progressed(picture.getKey(), done++, pictures.size());
      picture.getValue().run();
    }
    return angles;
  }

  private void drawUnits(UnitAngles angles, Path out) {
    angles.recurrentChart().write(out.resolve("recurrent.svg"));
    angles.classifierChart().write(out.resolve("classifier.svg"));
    float[] filters = model.backend().memory().download(model.decoderFilters());
    FilterGrid.of(model.sampleShape()).write(out.resolve("units.png"), filters, angles.byAngle());
  }

  /** A row a unit, from the smallest angle to the largest; a column an iteration. */
  private void drawIterations(UnitAngles angles, Path out) {
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

  /** A row a sample: drawn by the first unit, by two, ..., and the sample itself. */
  private void drawProgress(Path out) {
    Dataset shown = data.subset(oneOfEachClass());
    Shape sample = model.sampleShape();
    int inputs = Math.toIntExact(sample.size());
    float[] originals = new float[shown.size() * inputs];
    shown.read(0, shown.size(), originals, 0);
    model.preprocessing().orElseThrow().apply(originals, shown.size(), sample);
    int columns = DRAWN.length + 1;
    float[] tiles = new float[shown.size() * columns * inputs];
    try (Features codes = model.encode(shown)) {
      float[] onHost = model.backend().memory().download(codes.values());
      ProgressiveReconstruction[] drawn = ProgressiveReconstruction.of(model, onHost);
      for (int n = 0; n < shown.size(); n++) {
        for (int c = 0; c < DRAWN.length; c++) {
          float[] sum = drawn[n].after(DRAWN[c], inputs);
          System.arraycopy(sum, 0, tiles, (n * columns + c) * inputs, inputs);
        }
        System.arraycopy(
            originals, n * inputs, tiles, (n * columns + DRAWN.length) * inputs, inputs);
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
}

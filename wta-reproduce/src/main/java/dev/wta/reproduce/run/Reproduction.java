package dev.wta.reproduce.run;

import dev.wta.api.ProcessorName;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.data.array.ConcatenatedDataset;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.Measured;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.RecipeRuns;
import dev.wta.reproduce.ReproductionListener;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.StopSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures a table row by row. What is done is kept: rows with their figures, trainings as runs
 * that can be resumed, imported data. After a stop or a kill, another process with the same request
 * continues.
 */
public final class Reproduction {
  private final Request request;
  private final Backend backend;
  private final ReproductionListener listener;
  private final StopSignal stop = new StopSignal();

  /**
   * What is to be measured.
   *
   * @param data the folder of the data set's original files, or one above it
   * @param out where runs, imported data and results are kept
   * @param heldOut the number of training samples, chosen by the seed, that are left out of
   *     training and replace the test samples, to choose settings; 0 for the test samples
   * @param rows the rows of the table to measure; the others are shown as they are kept
   */
  public record Request(
      PaperTable table,
      ExperimentScale scale,
      Path data,
      Path out,
      Seed seed,
      int heldOut,
      List<Row> rows) {
    public Request {
      rows = List.copyOf(rows);
    }

    /** A request for all rows. */
    public Request(
        PaperTable table, ExperimentScale scale, Path data, Path out, Seed seed, int heldOut) {
      this(table, scale, data, out, seed, heldOut, table.rows());
    }

    /** A request for all rows, judged by the test samples. */
    public Request(PaperTable table, ExperimentScale scale, Path data, Path out, Seed seed) {
      this(table, scale, data, out, seed, 0);
    }

    /** Where all of this scale and seed is kept; tables share the runs in it. */
    public Path folder() {
      String judge = heldOut == 0 ? "" : "-held-out-%d".formatted(heldOut);
      return out.resolve("%s-seed%d%s".formatted(scale.text(), seed.value(), judge));
    }
  }

  public Reproduction(Request request, Backend backend, ReproductionListener listener) {
    this.request = request;
    this.backend = backend;
    this.listener = listener;
  }

  /** Asks to stop as soon as everything is saved. From any thread. */
  public void requestStop() {
    stop.request();
  }

  /**
   * Measures what is not yet measured, and writes the table as Markdown.
   *
   * @throws WtaException if none of the rows asked for is measured at the scale
   */
  public ReproducedTable run() {
    requireMeasurable();
    PaperTable table = request.table();
    PaperDataset.Imported imported =
        table.data().prepare(request.data(), request.out().resolve("data"), listener);
    try (Dataset allTrain = ArrowDataset.open(imported.train());
        Dataset allTest = ArrowDataset.open(imported.test());
        Dataset extra = imported.extra().map(ArrowDataset::open).orElse(null)) {
      Samples samples = samples(allTrain, allTest, Optional.ofNullable(extra));
      List<String> remarks = new ArrayList<>(imported.remarks());
      remarks.addAll(remarks(request.scale()));
      if (request.heldOut() > 0) {
        remarks.add(
            "Judged by %,d training samples that were held out, not by the test samples."
                .formatted(samples.test().size()));
      } else if (samples.train().size() < allTrain.size()
          || samples.test().size() < allTest.size()) {
        remarks.add(
            "%,d of %,d training samples and %,d of %,d test samples, drawn by the seed."
                .formatted(
                    samples.train().size(),
                    allTrain.size(),
                    samples.test().size(),
                    allTest.size()));
      }
      return measure(samples, remarks);
    }
  }

  private void requireMeasurable() {
    if (request.rows().stream().noneMatch(row -> row.isMeasuredAt(request.scale()))) {
      throw new WtaException(
          "no row asked for is measured at the scale %s: %s"
              .formatted(
                  request.scale().text(),
                  request.rows().stream().map(Row::system).collect(Collectors.joining("; "))),
          "choose another scale or other rows; wta reproduce %s --scale ... --list shows their state"
              .formatted(request.table().name()));
    }
  }

  /**
   * What a table is measured on.
   *
   * @param learnt what models learn from, without labels
   * @param train what probes are fitted to
   */
  private record Samples(Dataset learnt, Dataset train, Dataset test) {}

  private Samples samples(Dataset allTrain, Dataset allTest, Optional<Dataset> extra) {
    PaperTable table = request.table();
    int most = table.samples().at(request.scale());
    Dataset train = part(allTrain, most, "train");
    Dataset test = part(allTest, table.testSamples().at(request.scale()), "test");
    if (request.heldOut() > 0) {
      int left = train.size() - request.heldOut();
      if (left < request.heldOut()) {
        throw new WtaException(
            "%,d of %,d training samples cannot be held out"
                .formatted(request.heldOut(), train.size()),
            "hold out at most half of them");
      }
      boolean[] held = new boolean[train.size()];
      for (int row : drawn(train.size(), request.heldOut(), "held-out")) {
        held[row] = true;
      }
      int[] rows = IntStream.range(0, held.length).filter(row -> !held[row]).toArray();
      test = train.subset(IntStream.range(0, held.length).filter(row -> held[row]).toArray());
      train = train.subset(rows);
    }
    Dataset fitted = train;
    Dataset learnt =
        extra
            .map(
                more ->
                    (Dataset)
                        new ConcatenatedDataset(
                            "%s + %s".formatted(fitted.name(), more.name()),
                            List.of(fitted, part(more, most, "extra"))))
            .orElse(train);
    return new Samples(learnt, train, test);
  }

  private ReproducedTable measure(Samples samples, List<String> remarks) {
    Dataset train = samples.train();
    Dataset test = samples.test();
    PaperTable table = request.table();
    Path folder = request.folder();
    FinishedRows finished =
        new FinishedRows(folder.resolve(table.name() + ".json"), request.scale(), request.seed());
    finished.requireData(
        samples.learnt().equals(train)
            ? List.of(train, test)
            : List.of(train, test, samples.learnt()));
    RecipeRuns runs =
        new RecipeRuns(
            backend, request.scale(), request.seed(), samples.learnt(), folder, listener, stop);
    List<ReproducedRow> rows = new ArrayList<>();
    boolean stopped = false;
    try (Laboratory laboratory =
        new Laboratory(
            backend, request.scale(), request.seed(), train, test, runs, listener, stop)) {
      for (Row row : table.rows()) {
        Optional<ReproducedRow> kept = finished.find(row);
        if (kept.isPresent()
            || stopped
            || !row.isMeasuredAt(request.scale())
            || !request.rows().contains(row)) {
          rows.add(kept.orElseGet(() -> ReproducedRow.unmeasured(row)));
          continue;
        }
        try {
          ReproducedRow done = measure(row, laboratory, runs);
          if (done.measured() != null) {
            finished.add(done);
          }
          rows.add(done);
        } catch (StopSignal.Stopped asked) {
          stopped = true;
          rows.add(ReproducedRow.unmeasured(row));
        }
      }
    }
    ReproducedTable result =
        new ReproducedTable(
            table,
            request.scale(),
            request.seed().value(),
            rows,
            remarks,
            "%s; backend %s (%s); JDK %s"
                .formatted(
                    ProcessorName.here(),
                    backend.name(),
                    backend.device(),
                    System.getProperty("java.version")),
            request.heldOut(),
            !stopped,
            folder.resolve(table.name() + ".md"));
    MarkdownTable.write(result);
    return result;
  }

  private static List<String> remarks(ExperimentScale scale) {
    return switch (scale) {
      case SMOKE ->
          List.of(
              "Smoke: few samples, short trainings, smaller upper layers; the figures say nothing"
                  + " of quality.");
      case SMALL -> List.of("Small: shorter trainings than the full scale's.");
      case FULL -> List.of();
    };
  }

  private ReproducedRow measure(Row row, Laboratory laboratory, RecipeRuns runs) {
    laboratory.note("measuring " + row.system());
    runs.startRow();
    double trainedBefore = runs.secondsTrainedHere();
    long start = System.nanoTime();
    Optional<Measured> measured = row.experiment().orElseThrow().run(laboratory);
    double wall = (System.nanoTime() - start) / 1e9;
    double own = wall - (runs.secondsTrainedHere() - trainedBefore);
    double training = runs.trainingSeconds();
    measured.ifPresent(
        figure ->
            laboratory.note(
                "%s: %s"
                    .formatted(
                        row.system(),
                        RowFigures.number(figure.value(), request.table().decimals()))));
    return measured
        .map(figure -> new ReproducedRow(row, figure, own + training, training))
        .orElseGet(() -> ReproducedRow.unmeasured(row));
  }

  /** So many samples, chosen by the seed; in their files' order, which reads fastest. */
  private Dataset part(Dataset data, int most, String use) {
    return data.size() <= most ? data : data.subset(drawn(data.size(), most, use));
  }

  /** Some of the rows, in their order. */
  private int[] drawn(int all, int some, String use) {
    Philox random = request.seed().stream("reproduce/" + use);
    int[] rows = new int[some];
    int taken = 0;
    for (int row = 0; taken < some; row++) { // each with the chance that fills up exactly
      if (random.below(all - row, row) < some - taken) {
        rows[taken++] = row;
      }
    }
    return rows;
  }
}

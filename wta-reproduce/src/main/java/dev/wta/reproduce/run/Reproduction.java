package dev.wta.reproduce.run;

import dev.wta.api.ProcessorName;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
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

/**
 * Measures a table row by row. What is done is kept: rows with their figures, trainings as runs
 * that can be resumed, imported data. A process that is stopped or killed is made up for by another
 * with the same request.
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
   */
  public record Request(PaperTable table, ExperimentScale scale, Path data, Path out, Seed seed) {
    /** Where all of this scale and seed is kept; tables share the runs in it. */
    Path folder() {
      return out.resolve("%s-seed%d".formatted(scale.text(), seed.value()));
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

  /** Measures what is not yet measured, and writes the table as Markdown. */
  public ReproducedTable run() {
    PaperTable table = request.table();
    PaperDataset.Imported imported =
        table.data().prepare(request.data(), request.out().resolve("data"), listener);
    try (Dataset allTrain = ArrowDataset.open(imported.train());
        Dataset allTest = ArrowDataset.open(imported.test())) {
      Dataset train = part(allTrain, table.samples().at(request.scale()), "train");
      Dataset test = part(allTest, table.testSamples().at(request.scale()), "test");
      List<String> remarks = new ArrayList<>(imported.remarks());
      remarks.addAll(remarks(request.scale()));
      if (train.size() < allTrain.size() || test.size() < allTest.size()) {
        remarks.add(
            "%,d of %,d training samples and %,d of %,d test samples, drawn by the seed."
                .formatted(train.size(), allTrain.size(), test.size(), allTest.size()));
      }
      return measure(train, test, remarks);
    }
  }

  private ReproducedTable measure(Dataset train, Dataset test, List<String> remarks) {
    PaperTable table = request.table();
    Path folder = request.folder();
    FinishedRows finished =
        new FinishedRows(
            folder.resolve(table.name() + ".json"), request.scale(), request.seed(), train, test);
    RecipeRuns runs =
        new RecipeRuns(backend, request.scale(), request.seed(), train, folder, listener, stop);
    List<ReproducedRow> rows = new ArrayList<>();
    boolean stopped = false;
    try (Laboratory laboratory =
        new Laboratory(
            backend, request.scale(), request.seed(), train, test, runs, listener, stop)) {
      for (Row row : table.rows()) {
        Optional<ReproducedRow> kept = finished.find(row);
        if (kept.isPresent() || !row.isMeasuredAt(request.scale()) || stopped) {
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

  /** So many samples, drawn by the seed; in their files' order, which reads fastest. */
  private Dataset part(Dataset data, int most, String use) {
    if (data.size() <= most) {
      return data;
    }
    Philox random = request.seed().stream("reproduce/" + use);
    int[] rows = new int[most];
    int taken = 0;
    for (int row = 0; taken < most; row++) { // each with the chance that fills up exactly
      if (random.below(data.size() - row, row) < most - taken) {
        rows[taken++] = row;
      }
    }
    return data.subset(rows);
  }
}

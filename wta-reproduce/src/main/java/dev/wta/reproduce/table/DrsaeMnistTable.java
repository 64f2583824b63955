package dev.wta.reproduce.table;

import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.ReportedFrom;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.TableProvider;
import dev.wta.reproduce.source.MnistFiles;
import java.util.List;
import java.util.Map;

/** MNIST classified by the classifier of discriminative recurrent sparse autoencoders. */
public final class DrsaeMnistTable implements TableProvider {
  private static final String AUTHORS_SCHEDULE = "inverse(5e-6)";

  @Override
  public PaperTable table() {
    return new PaperTable(
        "drsae",
        "MNIST, discriminative recurrent sparse autoencoders",
        "Rolfe and LeCun 2013, Discriminative Recurrent Sparse Auto-Encoders",
        "error %",
        new MnistFiles(),
        MnistTables.SAMPLES,
        MnistTables.TEST_SAMPLES,
        List.of(
            Row.quoted("LISTA autoencoder", paper(3.76)),
            Row.quoted("deep sparse rectifier network", paper(1.20)),
            Row.quoted("deep belief network", paper(1.18)),
            Row.quoted("supervised dictionary learning", paper(1.05)),
            row(200, 2, 1.49),
            row(200, 11, 1.21),
            row(400, 11, 1.08)));
  }

  /**
   * At the rate of T = 2, units of T = 11 die in the first steps. T = 11 ends well only with a rate
   * that has fallen by then: otherwise errors jump from epoch to epoch.
   */
  private static Row row(int units, int iterations, double reported) {
    boolean shallow = iterations == 2;
    Recipe recipe =
        Recipe.of(
                "drsae-%d-%d".formatted(units, iterations),
                "drsae",
                Map.of("hidden", units, "iterations", iterations, "rate", shallow ? 0.1 : 0.05))
            .with("pretraining", 1, 3, shallow ? 3 : 20)
            .with("epochs", 2, 20, shallow ? 60 : 120)
            .with(
                "schedule",
                AUTHORS_SCHEDULE,
                shallow ? AUTHORS_SCHEDULE : "linear",
                shallow ? AUTHORS_SCHEDULE : "linear");
    return Row.measured(
        "DrSAE, %d units, T = %d".formatted(units, iterations),
        paper(reported),
        Representation.of(recipe),
        (laboratory, trained) -> laboratory.classifierError(trained.recipe()));
  }

  private static Reported paper(double error) {
    return new Reported(error, ReportedFrom.P);
  }
}

package dev.wta.reproduce.table;

import dev.wta.data.PatchSize;
import dev.wta.data.RandomPatches;
import dev.wta.models.Model;
import dev.wta.models.roae.Roae;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.Measured;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PerScale;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.ReportedFrom;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.TableProvider;
import dev.wta.reproduce.source.Cifar10Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rank-ordered autoencoder on patches of CIFAR-10, a random one of each picture and epoch: how
 * much of a patch is not reconstructed, |x - R|.
 */
public final class RoaeCifar10Table implements TableProvider {
  private static final PatchSize PATCH = new PatchSize(7, 7);

  private static final Recipe RECIPE =
      Recipe.of("roae-cifar10", Roae.NAME, Map.of("patch", PATCH.toString()))
          .with("epochs", 5, 30, 60);

  @Override
  public PaperTable table() {
    return new PaperTable(
        "roae",
        "CIFAR-10 patches of 7x7, 169 units: the error by the number of units that reconstruct",
        "Bertens 2016, Rank Ordered Autoencoders",
        "|x - R| a patch",
        new Cifar10Files(),
        new PerScale<>(1000, 20_000, PaperTable.ALL),
        new PerScale<>(1000, PaperTable.ALL, PaperTable.ALL),
        List.of(
            byRank(1, 1.76),
            byRank(5, 0.84),
            byRank(10, 0.60),
            byRank(20, 0.43),
            byRank(40, 0.31),
            byRank(80, 0.27),
            afterEpochs(5, 0.363),
            afterEpochs(30, 0.284),
            afterEpochs(60, 0.271)),
        3);
  }

  private static Row byRank(int units, double reported) {
    return Row.measured(
        units == 1 ? "the highest unit" : "the %d highest units".formatted(units),
        inTheCode(reported),
        Representation.of(RECIPE),
        (laboratory, trained) -> Optional.of(Measured.of(errorOfTestPatches(laboratory, units))));
  }

  private static Row afterEpochs(int epochs, double reported) {
    return Row.measured(
            "all units, epoch %d".formatted(epochs),
            inTheCode(reported),
            Representation.of(RECIPE),
            (laboratory, trained) -> laboratory.lossOfEpoch(trained.recipe(), epochs))
        .noting("training patches");
  }

  private static Reported inTheCode(double value) {
    return new Reported(value, ReportedFrom.C);
  }

  private static double errorOfTestPatches(Laboratory laboratory, int units) {
    try (Model model = laboratory.run(RECIPE).loadModel(laboratory.backend())) {
      RandomPatches patches =
          RandomPatches.of(laboratory.test(), PATCH, 1, laboratory.seed().stream("ranks"));
      return ((Roae) model).errorByRank(patches)[units - 1];
    }
  }
}

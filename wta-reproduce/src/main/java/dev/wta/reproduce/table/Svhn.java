package dev.wta.reproduce.table;

import static dev.wta.reproduce.Reported.recalled;

import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.Scaled;
import dev.wta.reproduce.SvhnFiles;
import dev.wta.reproduce.TableProvider;
import java.util.List;
import java.util.Map;

/** SVHN: pictures whose contrast is normalised, and features of 8x8 windows. */
public final class Svhn implements TableProvider {
  private static final Recipe MAPS_256 =
      Recipe.of(
              "svhn-conv-256", "conv-wta", Map.of("pool", "6/4", "preprocess", "standardise, lcn"))
          .with("layers", layers(64), layers(256), layers(256))
          .with("epochs", 1, 1, 5);

  @Override
  public PaperTable table() {
    return new PaperTable(
        "svhn",
        "SVHN, unsupervised convolutional features and a linear SVM",
        WtaPaper.TITLE,
        "accuracy %",
        new SvhnFiles(),
        new Scaled<>(1000, 5000, PaperTable.ALL),
        new Scaled<>(500, PaperTable.ALL, PaperTable.ALL),
        List.of(
            Row.measured(
                "CONV-WTA, 256 maps",
                recalled(88.5),
                laboratory -> laboratory.accuracy(Representation.of(MAPS_256)))));
  }

  private static String layers(int maps) {
    return "%1$dconv5-%1$dconv5-%1$dconv5-%1$ddeconv11".formatted(maps);
  }
}

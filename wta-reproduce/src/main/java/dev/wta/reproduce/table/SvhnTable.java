package dev.wta.reproduce.table;

import static dev.wta.reproduce.Reported.recalled;

import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.Measured;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PerScale;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.TableProvider;
import dev.wta.reproduce.source.SvhnFiles;
import java.util.List;
import java.util.Map;

/** SVHN: pictures whose contrast is normalised, and features of 8x8 windows. */
public final class SvhnTable implements TableProvider {
  private static final int SUBSETS = 5;

  private static final String POOL = "6/4";
  private static final String PREPROCESS = "standardise, lcn";

  private static final Recipe MAPS_256 =
      Recipe.of(
              "svhn-conv-256",
              "conv-wta",
              Map.of("pool", POOL, "preprocess", PREPROCESS, "schedule", WtaPaper.SCHEDULE))
          .with("layers", layers(64), layers(256), layers(256))
          .with("epochs", 1, 1, 5);

  private static final Recipe STACKED =
      Recipe.of("svhn-stacked-256-1024", "stacked", Map.of())
          .with(
              "layers",
              List.of(first(64, 1), WtaPaper.upperLayer(64, 1)),
              List.of(first(256, 1), WtaPaper.upperLayer(1024, 1)),
              List.of(first(256, 5), WtaPaper.upperLayer(1024, 5)));

  @Override
  public PaperTable table() {
    return new PaperTable(
        "svhn",
        "SVHN, unsupervised convolutional features and a linear SVM",
        WtaPaper.TITLE,
        "accuracy %",
        new SvhnFiles(),
        new PerScale<>(1000, 5000, PaperTable.ALL),
        new PerScale<>(500, PaperTable.ALL, PaperTable.ALL),
        List.of(
            Row.measured(
                "CONV-WTA, 256 maps",
                recalled(88.5),
                Representation.of(MAPS_256),
                Laboratory::accuracy),
            Row.measured(
                    "stacked CONV-WTA, 256 and 1024 maps",
                    recalled(93.1),
                    Representation.of(STACKED),
                    Laboratory::accuracy)
                .only(ExperimentScale.SMOKE, ExperimentScale.FULL),
            Row.measured(
                    "the same, 1,000 labels",
                    recalled(76.2),
                    Representation.of(STACKED),
                    (laboratory, features) ->
                        laboratory.fewLabels(features, 1000, SUBSETS).map(Measured::asAccuracy))
                .only(ExperimentScale.FULL)));
  }

  private static Map<String, Object> first(int maps, int epochs) {
    return WtaPaper.firstLayer(layers(maps), POOL, PREPROCESS, epochs);
  }

  private static String layers(int maps) {
    return "%1$dconv5-%1$dconv5-%1$dconv5-%1$ddeconv11".formatted(maps);
  }
}

package dev.wta.reproduce.table;

import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PerScale;
import dev.wta.reproduce.Recipe;
import java.util.List;
import java.util.Map;

/** The common parts of the tables on MNIST. */
final class MnistTables {
  static final PerScale<Integer> SAMPLES = new PerScale<>(2000, PaperTable.ALL, PaperTable.ALL);
  static final PerScale<Integer> TEST_SAMPLES =
      new PerScale<>(1000, PaperTable.ALL, PaperTable.ALL);

  /** 16 maps; features of 10x10 windows, 1,600 in all. */
  static final Recipe CONV_16 =
      Recipe.of(
              "mnist-conv-16",
              "conv-wta",
              Map.of(
                  "layers",
                  "16conv5-16conv5-16deconv11",
                  "pool",
                  "5/3",
                  "schedule",
                  WtaPaper.SCHEDULE))
          .with("epochs", 1, 20, 50);

  /**
   * 16 maps above two layers of 128, as two independent programs that follow the paper build them;
   * features of 10x10 windows, 1,600 in all.
   */
  static final Recipe CONV_128_128_16 =
      Recipe.of(
              "mnist-conv-128-128-16",
              "conv-wta",
              Map.of("pool", "5/3", "schedule", WtaPaper.SCHEDULE))
          .with(
              "layers",
              "16conv5-16conv5-8conv5-8deconv11",
              "128conv5-128conv5-16conv5-16deconv11",
              "128conv5-128conv5-16conv5-16deconv11")
          .with("epochs", 1, 4, 30);

  /** The example in the paper's text; features of 10x10 windows, 12,800 in all. */
  static final Recipe CONV_128 =
      Recipe.of(
              "mnist-conv-128",
              "conv-wta",
              Map.of(
                  "layers",
                  "128conv5-128conv5-128deconv11",
                  "pool",
                  "5/3",
                  "schedule",
                  WtaPaper.SCHEDULE))
          .with("epochs", 1, 8, 30);

  /** The same below 2,048 maps; features of 5x5 windows, 51,200 in all, unless pooled otherwise. */
  static final Recipe STACKED =
      Recipe.of("mnist-stacked-128-2048", "stacked", Map.of())
          .with("layers", layers(64, 64, 1, 1), layers(128, 256, 3, 1), layers(128, 2048, 30, 3));

  private MnistTables() {}

  private static List<Map<String, Object>> layers(
      int lower, int upper, int lowerEpochs, int upperEpochs) {
    return List.of(
        WtaPaper.firstLayer(
            "%1$dconv5-%1$dconv5-%1$ddeconv11".formatted(lower), "5/3", "scale", lowerEpochs),
        WtaPaper.upperLayer(upper, upperEpochs));
  }
}

package dev.wta.reproduce.table;

import static dev.wta.reproduce.Reported.recalled;

import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PerScale;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.TableProvider;
import dev.wta.reproduce.source.Cifar10Files;
import java.util.List;
import java.util.Map;

/**
 * CIFAR-10: whitened pictures, and a decoder of 7x7. Features are 8x8 windows of the first layer,
 * 4x4 of the second, 2x2 of the third; of the last layer alone, and of all.
 */
public final class Cifar10Table implements TableProvider {
  /** Each picture by itself, the mean picture, then whitening. */
  private static final String PREPROCESS = "standardise, center, zca(0.1)";

  private static final String POOL = "5/4";

  private static final Recipe MAPS_64 = layer("cifar10-conv-64", 64).with("epochs", 1, 3, 20);
  private static final Recipe MAPS_256 = layer("cifar10-conv-256", 256).with("epochs", 1, 1, 5);

  /**
   * One convolution trains many times as fast as three, since its gradients are those of the
   * winners alone. What its features are worth: docs/results/conv-wta.md.
   */
  private static final Recipe SHALLOW_64 = shallow(64).with("epochs", 1, 5, 5);

  private static final Recipe SHALLOW_256 = shallow(256).with("epochs", 1, 5, 5);

  private static final Recipe STACKED_2 =
      Recipe.of("cifar10-stacked-256-1024", "stacked", Map.of())
          .with(
              "layers",
              List.of(first(64, 1), WtaPaper.upperLayer(64, 1)),
              List.of(first(64, 3), WtaPaper.upperLayer(256, 3)),
              List.of(first(256, 5), WtaPaper.upperLayer(1024, 5)));

  private static final Recipe STACKED_3 =
      Recipe.of(
          "cifar10-stacked-256-1024-4096",
          "stacked",
          Map.of(
              "layers",
              List.of(first(256, 5), WtaPaper.upperLayer(1024, 5), WtaPaper.upperLayer(4096, 5))));

  @Override
  public PaperTable table() {
    return new PaperTable(
        "cifar10",
        "CIFAR-10, unsupervised convolutional features and a linear SVM",
        WtaPaper.TITLE,
        "accuracy %",
        new Cifar10Files(),
        new PerScale<>(1000, 20_000, PaperTable.ALL),
        new PerScale<>(500, PaperTable.ALL, PaperTable.ALL),
        List.of(
            row("CONV-WTA, 64 maps of one convolution", recalled(68.9), SHALLOW_64),
            row("CONV-WTA, 256 maps of one convolution", recalled(72.3), SHALLOW_256)
                .only(ExperimentScale.FULL),
            row("CONV-WTA, 64 maps", recalled(68.9), MAPS_64),
            row("CONV-WTA, 256 maps", recalled(72.3), MAPS_256).only(ExperimentScale.FULL),
            row("stacked CONV-WTA, 256 and 1024 maps", recalled(77.9), STACKED_2)
                .only(ExperimentScale.SMOKE, ExperimentScale.FULL),
            allLayers("stacked CONV-WTA, 256 and 1024 maps, both layers", 77.9, STACKED_2)
                .only(ExperimentScale.SMOKE, ExperimentScale.FULL),
            row("stacked CONV-WTA, 256, 1024 and 4096 maps", recalled(80.1), STACKED_3)
                .only(ExperimentScale.FULL),
            allLayers("stacked CONV-WTA, 256, 1024 and 4096 maps, all layers", 80.1, STACKED_3)
                .only(ExperimentScale.FULL)));
  }

  private static Row row(String system, Reported reported, Recipe recipe) {
    return Row.measured(system, reported, features(recipe), Laboratory::accuracy);
  }

  private static Representation features(Recipe recipe) {
    return Representation.of(recipe).scaled(WtaPaper.SCALING);
  }

  private static Row allLayers(String system, double reported, Recipe recipe) {
    return Row.measured(
            system, recalled(reported), features(recipe).ofAllLayers(), Laboratory::accuracy)
        .noting("features of all layers side by side");
  }

  private static Recipe layer(String name, int maps) {
    return recipe(name, layers(maps));
  }

  private static Recipe shallow(int maps) {
    return recipe(
        "cifar10-conv-%d-shallow".formatted(maps), "%1$dconv7-%1$ddeconv7".formatted(maps));
  }

  private static Recipe recipe(String name, String layers) {
    return Recipe.of(
        name,
        "conv-wta",
        Map.of(
            "layers",
            layers,
            "pool",
            POOL,
            "preprocess",
            PREPROCESS,
            "schedule",
            WtaPaper.SCHEDULE));
  }

  private static Map<String, Object> first(int maps, int epochs) {
    return WtaPaper.firstLayer(layers(maps), POOL, PREPROCESS, epochs);
  }

  private static String layers(int maps) {
    return "%1$dconv5-%1$dconv5-%1$dconv5-%1$ddeconv7".formatted(maps);
  }
}

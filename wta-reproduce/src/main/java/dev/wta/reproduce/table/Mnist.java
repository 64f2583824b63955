package dev.wta.reproduce.table;

import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Scaled;
import java.util.Map;

/** What the tables on MNIST's pictures have in common. */
final class Mnist {
  static final Scaled<Integer> SAMPLES = new Scaled<>(2000, PaperTable.ALL, PaperTable.ALL);
  static final Scaled<Integer> TEST_SAMPLES = new Scaled<>(1000, PaperTable.ALL, PaperTable.ALL);

  /** 16 maps; features of 10x10 windows, 1,600 in all. */
  static final Recipe CONV_16 =
      Recipe.of(
              "mnist-conv-16",
              "conv-wta",
              Map.of("layers", "16conv5-16conv5-16deconv11", "pool", "5/3"))
          .with("epochs", 1, 10, 50);

  /** The example in the paper's text; features of 10x10 windows, 12,800 in all. */
  static final Recipe CONV_128 =
      Recipe.of(
              "mnist-conv-128",
              "conv-wta",
              Map.of("layers", "128conv5-128conv5-128deconv11", "pool", "5/3"))
          .with("epochs", 1, 3, 30);

  private Mnist() {}
}

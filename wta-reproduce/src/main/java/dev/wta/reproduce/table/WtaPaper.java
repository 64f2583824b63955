package dev.wta.reproduce.table;

import dev.wta.eval.scaling.FeatureScaling;
import java.util.Map;

/** The common parts of the tables of Makhzani and Frey 2015. */
final class WtaPaper {
  static final String TITLE = "Makhzani and Frey 2015, Winner-Take-All Autoencoders";

  /**
   * How the learning rate falls in all trainings. The paper does not say; ending near 0 makes the
   * most of few epochs.
   */
  static final String SCHEDULE = "cosine";

  /**
   * What is done to the features of convolutions first. The paper does not say. On held-out
   * training pictures of MNIST this took the error of 16 maps from 1.26 to 1.16 %, and left that of
   * 128 maps with few labels as it was or lowered it; of CIFAR-10 it took the error of 64 maps from
   * 36.7 to 36.0 %.
   */
  static final FeatureScaling SCALING = FeatureScaling.parse("square-root+sample-norm");

  private WtaPaper() {}

  /**
   * The layer of a stack that sees the pictures.
   *
   * @param layers the architecture, such as {@code 64conv5-64deconv11}
   * @param pool how its maps become features
   * @param preprocess what pictures go through first
   * @param epochs of its training
   */
  static Map<String, Object> firstLayer(String layers, String pool, String preprocess, int epochs) {
    return Map.of(
        "model", "conv-wta",
        "layers", layers,
        "pool", pool,
        "preprocess", preprocess,
        "epochs", epochs,
        "schedule", SCHEDULE);
  }

  /** An upper layer: one convolution, a deconvolution of its size, and windows of 3x3 pixels. */
  static Map<String, Object> upperLayer(int maps, int epochs) {
    return Map.of(
        "model",
        "conv-wta",
        "layers",
        "%dconv5-%ddeconv5".formatted(maps, maps),
        "pool",
        "3/2",
        "epochs",
        epochs,
        "schedule",
        SCHEDULE);
  }
}

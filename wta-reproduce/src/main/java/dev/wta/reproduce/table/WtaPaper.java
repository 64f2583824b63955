package dev.wta.reproduce.table;

import java.util.Map;

/** What the tables of Makhzani and Frey 2015 have in common. */
final class WtaPaper {
  static final String TITLE = "Makhzani and Frey 2015, Winner-Take-All Autoencoders";

  private WtaPaper() {}

  /**
   * A layer of a stack.
   *
   * @param layers the architecture, such as {@code 64conv5-64deconv11}
   * @param pool how its maps become features
   * @param epochs of its training
   */
  static Map<String, Object> layer(String layers, String pool, int epochs) {
    return Map.of("model", "conv-wta", "layers", layers, "pool", pool, "epochs", epochs);
  }

  /** An upper layer: one convolution, and a deconvolution of its size. */
  static Map<String, Object> upperLayer(int maps, int epochs) {
    return layer("%dconv5-%ddeconv5".formatted(maps, maps), "3/2", epochs);
  }
}

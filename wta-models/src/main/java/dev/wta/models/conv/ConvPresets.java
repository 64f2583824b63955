package dev.wta.models.conv;

import dev.wta.models.Pooling;
import dev.wta.models.Preset;
import java.util.List;
import java.util.Map;

/** The architectures of Makhzani and Frey 2015, with the pooling of their features. */
final class ConvPresets {
  static final List<Preset> ALL =
      List.of(
          preset(
              "mnist",
              "the example in the paper's text; features 10x10",
              ConvLayers.parse("128conv5-128conv5-128deconv11"),
              Pooling.of(5, 3)),
          preset(
              "mnist-16",
              "the same with 16 maps",
              ConvLayers.parse("16conv5-16conv5-16deconv11"),
              Pooling.of(5, 3)),
          preset(
              "strokes",
              "the filter pictures of MNIST, faces and photographs",
              ConvLayers.parse("64conv5-64conv5-64conv5-64deconv11"),
              Pooling.of(5, 3)),
          preset(
              "svhn",
              "the same for SVHN; features 8x8",
              ConvLayers.parse("64conv5-64conv5-64conv5-64deconv11"),
              Pooling.of(6, 4)),
          preset(
              "cifar10",
              "the same with a smaller decoder for CIFAR-10; features 8x8",
              ConvLayers.parse("64conv5-64conv5-64conv5-64deconv7"),
              Pooling.of(5, 4)));

  private ConvPresets() {}

  private static Preset preset(String name, String what, ConvLayers layers, Pooling pool) {
    return new Preset(
        name, layers.text() + ": " + what, Map.of("layers", layers.text(), "pool", pool.text()));
  }
}

package dev.wta.models.fuzz;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Random valid settings of each family, small enough that a step is little work. */
record RandomSettings(RandomChoices draws) {
  private static final int MOST_UNITS = 300;

  private static final String TRANSCODER = "-transcoder";

  /** The families whose models may be a layer of a stack: those that take any numbers. */
  private static final List<String> LAYERS =
      List.of(
          "fc-wta",
          "k-sparse",
          "autoencoder",
          "denoising-autoencoder",
          "dropout-autoencoder",
          "topk",
          "batch-topk",
          "matryoshka",
          "jumprelu",
          "gated");

  /** Settings of a family's model. */
  Map<String, Object> of(String family) {
    int units = units();
    Map<String, Object> settings = new LinkedHashMap<>();
    if (!List.of("conv-wta", "stacked").contains(family)) {
      settings.put("hidden", units);
    }
    if (family.endsWith(TRANSCODER)) {
      settings.putAll(of(family.substring(0, family.length() - TRANSCODER.length())));
      settings.put("skip", draws.once(2));
      settings.put("outputs", draws.size(1, 40));
      return settings;
    }
    switch (family) {
      case "topk", "batch-topk" -> {
        sparse(settings);
        winners(settings, units);
      }
      case "multi-k" -> {
        sparse(settings);
        winners(settings, units);
        int least = (int) settings.remove("k");
        settings.put("ks", least == units ? List.of(least) : List.of(least, units));
        settings.put("k-weights", least == units ? List.of(1) : List.of(1, 0.125));
      }
      case "matryoshka" -> {
        sparse(settings);
        winners(settings, units);
        settings.put(
            "prefixes", draws.whole(1, 1 + Integer.SIZE - Integer.numberOfLeadingZeros(units - 1)));
      }
      case "jumprelu" -> {
        penalty(settings);
        settings.put("threshold", draws.uniform(0, 0.2));
        settings.put("threshold-form", draws.oneOf("direct", "log"));
        settings.put("bandwidth", draws.real(0.01, 1));
        settings.put("kernel-to-encoder", draws.once(2));
        settings.put("sparsity-loss", draws.oneOf("step", "quadratic", "tanh"));
        settings.put("target-l0", draws.real(1, 50));
        settings.put("pre-activation-weight", draws.oneOf(0.0, 0.01));
      }
      case "gated" -> {
        penalty(settings);
        settings.put("threshold", draws.uniform(0, 0.2));
        settings.put("gate-decoder", draws.oneOf("frozen", "learns"));
      }
      case "standard" -> penalty(settings);
      case "fc-wta" -> settings.put("competition", competition(layers(settings, units)));
      case "k-sparse" -> {
        settings.put("k", winners(layers(settings, units)));
        settings.put("alpha", draws.oneOf(0.0, 1.0, 1.5));
      }
      case "autoencoder" -> layers(settings, units);
      case "denoising-autoencoder" -> {
        layers(settings, units);
        settings.put("masking", draws.uniform(0, 0.7));
        settings.put("dropout", draws.oneOf(0.0, 0.3));
      }
      case "dropout-autoencoder" -> {
        layers(settings, units);
        settings.put("dropout", draws.uniform(0, 0.7));
      }
      case "conv-wta" -> maps(settings);
      case "wta-rbm" -> {
        settings.put("competition", competition(units));
        settings.put("plain-steps", draws.whole(0, 10));
        settings.put("gibbs-steps", draws.whole(1, 3));
        settings.put("chains", draws.oneOf(0, 0, draws.whole(1, 30)));
        settings.put("visible", draws.oneOf("mean", "sampled"));
        settings.put("init", draws.real(0.01, 0.5));
      }
      case "drsae" -> {
        settings.put("iterations", draws.whole(2, 5));
        settings.put("classes", draws.whole(3, 6));
        settings.put("reconstruction", draws.real(0.5, 5));
        settings.put("sparsity", draws.oneOf(0.0, 0.09));
        settings.put("supervision", draws.oneOf(0.0, 1.0));
      }
      case "roae" -> settings.put("bound", draws.real(0.01, 1));
      case "stacked" -> {
        List<Map<String, Object>> layers =
            IntStream.range(0, draws.whole(1, 3)).mapToObj(_ -> layer()).toList();
        settings.put("layers", layers);
      }
      default -> throw new IllegalArgumentException("no random settings of " + family);
    }
    return settings;
  }

  /** Settings of the training of a family's model that takes some 20 steps. */
  Map<String, Object> training(String family, int batch, int epochs) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batch", batch);
    settings.put("epochs", epochs);
    settings.put("log-every", draws.whole(1, 9));
    settings.put("checkpoint-every", draws.whole(1, 30));
    settings.put("warmup", draws.oneOf(0, 3));
    boolean adam = draws.once(2);
    settings.put("optimizer", adam ? "adam" : "sgd");
    settings.put("rate", adam ? draws.real(1e-4, 1e-2) : draws.real(1e-5, 1e-3));
    settings.put("decay", draws.oneOf(0.0, 1e-3));
    settings.put(
        "schedule", draws.oneOf("constant", "step", "linear", "cosine", "plateau", "inverse(0.1)"));
    settings.put("clip", draws.oneOf(0.0, 0.5));
    settings.put("momentum", draws.oneOf(0.0, 0.9));
    settings.put("beta1", draws.oneOf(0.0, 0.9));
    settings.put("epsilon", draws.oneOf(1e-8, 1e-3));
    settings.put("shuffle-buffer", draws.oneOf(1, 20, 10_000));
    if (!List.of("wta-rbm", "roae").contains(family)) { // which take numbers from 0 to 1
      settings.put("preprocess", draws.oneOf("scale", "scale, center", "l2", "standardise(0.1)"));
    }
    if (family.equals("drsae")) {
      settings.put("pretraining", draws.whole(0, epochs));
    }
    settings.put("held-out", draws.oneOf(0, 3));
    settings.put("average", draws.oneOf(0.0, 0.0, 0.8));
    return settings;
  }

  /** Few as well as many: a backend may go another way from some dozens on. */
  private int units() {
    return draws.once(2) ? draws.size(1, MOST_UNITS) : draws.whole(1, MOST_UNITS);
  }

  /** From 1 to all of the units. */
  private int winners(int units) {
    return draws.once(2) ? draws.size(1, units) : draws.whole(1, units);
  }

  private void winners(Map<String, Object> settings, int units) {
    settings.put("k", winners(units));
    settings.put("k-aux", draws.whole(0, units));
    settings.put("aux-weight", draws.oneOf(0.0, 1.0 / 32, 1.0));
    settings.put("aux-signed", draws.once(2));
    settings.put("aux-scale", draws.oneOf("reconstruction", "dead", "residual"));
    settings.put("dead-counted", draws.oneOf("before", "after"));
  }

  private void penalty(Map<String, Object> settings) {
    sparse(settings);
    settings.put("sparsity", draws.real(1e-3, 0.5));
    settings.put("sparsity-warmup", draws.whole(0, 30));
  }

  /** What all sparse autoencoders have. */
  private void sparse(Map<String, Object> settings) {
    settings.put("decoder-rows", draws.oneOf("unit", "weighted", "free"));
    settings.put("decoder-norm", draws.real(0.05, 2));
    settings.put("first-centre", draws.oneOf("median", "zero"));
    settings.put("loss-scale", draws.oneOf("variance", "none"));
    settings.put("dead-after", draws.oneOf(draws.whole(1, 60), 100_000));
  }

  /** Up to two layers; answers the units of the last. */
  private int layers(Map<String, Object> settings, int units) {
    boolean deep = draws.once(3);
    int last = deep ? units() : units;
    settings.put("hidden", deep ? List.of(units, last) : List.of(units));
    settings.put("tied", !deep && draws.once(2));
    settings.put("init", draws.real(0.02, 0.5));
    settings.put("decoder-norm", draws.oneOf("none", "unit"));
    return last;
  }

  private void maps(Map<String, Object> settings) {
    int maps = draws.size(1, 9);
    String first = draws.once(2) ? "" : draws.whole(1, 5) + "conv" + draws.oneOf(1, 3, 5) + "-";
    settings.put(
        "layers",
        first
            + "%dconv%d-%ddeconv%d".formatted(maps, draws.oneOf(1, 3, 5), maps, draws.oneOf(3, 5)));
    String lifetime = "lifetime(" + draws.uniform(0.01, 1) + ")";
    String competition =
        draws.oneOf(
            "none",
            "spatial",
            lifetime,
            "spatial then " + lifetime,
            lifetime + " then spatial",
            "topk(" + winners(maps) + ")",
            "spatial then topk(" + winners(maps) + ")",
            "batchtopk(" + winners(maps) + ")");
    settings.put("competition", competition);
    settings.put("pool", draws.oneOf("none", "2/2", "3/2", "5/3"));
    settings.put("decoder-init", draws.real(0.02, 0.5));
  }

  /** A competition among units, or two of them, or three. */
  private String competition(int units) {
    String one =
        draws.oneOf(
            "none",
            "lifetime(" + draws.uniform(0.01, 1) + ")",
            "topk(" + winners(units) + ")",
            "batchtopk(" + winners(units) + ")");
    return draws.once(3) ? one + " then " + competition(units) : one;
  }

  private Map<String, Object> layer() {
    String family = draws.oneOf(LAYERS);
    Map<String, Object> layer = new LinkedHashMap<>();
    layer.put("model", family);
    layer.putAll(of(family));
    layer.putAll(training(family, draws.size(1, 30), draws.whole(1, 3)));
    return layer;
  }
}

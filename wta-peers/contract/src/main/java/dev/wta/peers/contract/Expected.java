package dev.wta.peers.contract;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.eval.probe.CostChoice;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeOptions;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import dev.wta.models.conv.ConvLayers;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.sae.TopKSae;
import dev.wta.workloads.ConvStep;
import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.ProbeWorkload;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.TrainerStep;
import dev.wta.workloads.Workload;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What wta computes for each workload. */
final class Expected {
  private static final Seed ANY = Seed.of(1);

  /** A tolerance far below what a probe's objective is compared by. */
  private static final double MINIMUM = 1e-6;

  private Expected() {}

  /** The results of the first runs. */
  static double[] results(Workload workload) {
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults())) {
      return switch (workload) {
        case GemmWorkload gemm -> new double[] {product(backend, gemm)};
        case EncodeWorkload encode -> new double[] {encoding(backend, encode)};
        case FcStep step -> losses(backend, step);
        case TopKStep step -> losses(backend, step);
        case ConvStep step -> losses(backend, step);
        case ProbeWorkload probe -> new double[] {objective(backend, probe)};
        case TrainerStep _ ->
            throw new IllegalArgumentException("tools' own trainers have losses of their own");
      };
    }
  }

  private static double product(Backend backend, GemmWorkload gemm) {
    try (Tensor a = backend.memory().of(Shape.of(GemmWorkload.M, GemmWorkload.K), gemm.a());
        Tensor b = backend.memory().of(Shape.of(GemmWorkload.K, GemmWorkload.N), gemm.b());
        Tensor out = backend.memory().allocate(Shape.of(GemmWorkload.M, GemmWorkload.N))) {
      backend.dense().gemm(a, false, b, false, 1, 0, Epilogue.NONE, out);
      return sumOfAbsoluteValues(backend.memory().download(out));
    }
  }

  private static double encoding(Backend backend, EncodeWorkload encode) {
    Shape weightShape = Shape.of(FcStep.UNITS, FcStep.INPUTS);
    Shape code = Shape.of(FcStep.BATCH, FcStep.UNITS);
    try (Tensor x = backend.memory().of(Shape.of(FcStep.BATCH, FcStep.INPUTS), encode.images());
        Tensor weights = backend.memory().of(weightShape, encode.weights());
        Tensor bias = backend.memory().allocate(Shape.of(FcStep.UNITS));
        Winners winners = backend.memory().allocateWinners(code, FcStep.WINNERS * FcStep.UNITS)) {
      SelectionRule rule = new SelectionRule.Lifetime(FcStep.WINNERS);
      backend.selection().encodeWinners(x, weights, Optional.empty(), bias, rule, winners);
      return sumOfAbsoluteValues(backend.memory().download(winners).values());
    }
  }

  private static double objective(Backend backend, ProbeWorkload probe) {
    float[] values = probe.values();
    ProbeOptions options =
        ProbeOptions.defaults()
            .withCost(new CostChoice.Fixed(ProbeWorkload.C))
            .withScaling(FeatureScaling.NONE)
            .withTolerance(MINIMUM);
    Shape shape = Shape.of(probe.samples(), probe.features());
    try (Features features = new Features(backend, backend.memory().of(shape, values))) {
      return probe.objective(
          values, new LinearSvm(options).fit(features, probe.labels()).weights());
    }
  }

  private static double sumOfAbsoluteValues(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += Math.abs(value);
    }
    return sum;
  }

  private static double[] losses(Backend backend, FcStep step) {
    FcWta model =
        FcWta.Settings.DEFAULTS
            .hidden(FcStep.UNITS)
            .lifetime((double) FcStep.WINNERS / FcStep.BATCH)
            .tied(step.tied())
            .on(FcStep.INPUTS, backend, ANY);
    Map<String, float[]> weights = new HashMap<>();
    weights.put("encoder.0.weight", step.encoderWeights());
    if (!step.tied()) {
      weights.put("decoder.weight", step.decoderWeights());
    }
    return new Training(model, weights, Sgd.rate(FcStep.RATE).momentum(FcStep.MOMENTUM))
        .losses(step.images(), FcStep.BATCH);
  }

  private static double[] losses(Backend backend, TopKStep step) {
    TopKSae model =
        TopKSae.Settings.DEFAULTS
            .hidden(step.units())
            .k(TopKStep.WINNERS)
            .on(Shape.of(TopKStep.INPUTS), backend, ANY);
    float[] weights = step.weights();
    return new Training(
            model,
            Map.of("encoder.weight", weights, "decoder.weight", weights),
            Adam.rate(TopKStep.RATE))
        .losses(step.samples(), step.batch());
  }

  private static double[] losses(Backend backend, ConvStep step) {
    ConvLayers.Convolution convolution =
        new ConvLayers.Convolution(step.maps(), ConvStep.ENCODER_WINDOW);
    ConvWta model =
        ConvWta.Settings.DEFAULTS
            .layers(
                new ConvLayers(
                    Collections.nCopies(step.layers(), convolution), ConvStep.DECODER_WINDOW))
            .lifetime((double) step.winners() / step.batch())
            .on(Shape.of(1, ConvStep.SIDE, ConvStep.SIDE), backend, ANY);
    Map<String, float[]> weights = new HashMap<>();
    for (int layer = 0; layer < step.layers(); layer++) {
      weights.put("encoder." + layer + ".weight", step.encoderFilters(layer));
    }
    weights.put("decoder.weight", step.decoderFilters());
    return new Training(model, weights, Sgd.rate(ConvStep.RATE).momentum(ConvStep.MOMENTUM))
        .losses(step.images(), step.batch());
  }
}

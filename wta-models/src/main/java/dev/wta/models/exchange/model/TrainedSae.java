package dev.wta.models.exchange.model;

import dev.wta.api.ProgressListener;
import dev.wta.api.backend.Backend;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.run.RunDirectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run's sparse autoencoder or transcoder, with the pre-processing folded into its weights: it
 * takes samples as they are, and makes samples or targets as they are.
 *
 * @param family as the run has it
 * @param transcodes whether it is a transcoder: nothing is subtracted from samples
 * @param weights of all
 * @param lengths of D's rows before anything was folded, {@code (latents)}: what latents compete
 *     by, where they do
 * @param code how latents become active
 * @param multiplied whether activations are the run's times {@code lengths}
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
public record TrainedSae(
    String family,
    boolean transcodes,
    SaeWeights weights,
    double[] lengths,
    SaeCode code,
    boolean multiplied) {
  static final String OF_TRANSCODERS = "-transcoder";

  /**
   * The last checkpoint of a run of a family of {@link dev.wta.models.sae}.
   *
   * @param listener receives the progress of reading
   * @throws dev.wta.api.WtaException if a step of its pre-processing cannot be folded, by its name
   */
  public static TrainedSae of(RunDirectory run, Backend backend, ProgressListener listener) {
    try (Model model = (Model) run.load(backend, listener)) {
      Map<String, float[]> parameters = new LinkedHashMap<>();
      for (Parameter parameter : model.parameters()) {
        parameters.put(parameter.name(), backend.memory().download(parameter.value()));
      }
      SaeWeights weights =
          new SaeWeights(
              parameters.get("encoder.weight"),
              parameters.get("encoder.bias"),
              parameters.get("decoder.weight"),
              parameters.get("decoder.bias"),
              Optional.ofNullable(parameters.get("skip.weight")));
      SaeCode code = SaeParts.code(model.family(), model.settings().toMap(), parameters);
      TrainedSae trained =
          new TrainedSae(
              model.family(),
              model.family().endsWith(OF_TRANSCODERS),
              weights,
              weights.lengths(),
              code,
              false);
      Preprocessing ofSamples = model.preprocessing().orElseGet(Preprocessing::none);
      return trained.transcodes()
          ? trained.ofTranscoder(
              AffineStep.reversed(ofSamples),
              AffineStep.reversed(run.targetPreprocessing().orElseGet(Preprocessing::none)))
          : trained.ofAutoencoder(AffineStep.reversed(ofSamples));
    }
  }

  /** {@code W A (x - A^-1 (c - a)) + b = W (A x + a - c) + b}. */
  private TrainedSae ofAutoencoder(List<AffineStep> steps) {
    TrainedSae folded = comparable(steps);
    for (AffineStep step : steps) {
      SaeWeights before = folded.weights;
      folded =
          folded.with(
              new SaeWeights(
                  step.times(before.encoder()),
                  before.bias(),
                  step.over(before.decoder()),
                  step.undone(before.centre())));
    }
    return folded;
  }

  private TrainedSae ofTranscoder(List<AffineStep> ofSamples, List<AffineStep> ofTargets) {
    TrainedSae folded = comparable(ofTargets);
    for (AffineStep step : ofSamples) {
      folded = folded.encoding(step);
    }
    for (AffineStep step : ofTargets) {
      SaeWeights before = folded.weights;
      int outputs = before.outputs();
      int inputs = before.inputs();
      folded =
          folded.with(
              new SaeWeights(
                  before.encoder(),
                  before.bias(),
                  step.over(before.decoder()),
                  step.undone(before.centre()),
                  before
                      .skip()
                      .map(skip -> SaeWeights.transposed(skip, outputs, inputs))
                      .map(step::over)
                      .map(skip -> SaeWeights.transposed(skip, inputs, outputs))));
    }
    return folded;
  }

  /** {@code W A x + (b + W a) = W (A x + a) + b}, and the same of S and c. */
  private TrainedSae encoding(AffineStep step) {
    double[] offset = step.offset(weights.inputs());
    double[] shift = SaeWeights.product(weights.encoder(), offset);
    SaeWeights moved =
        new SaeWeights(
            step.times(weights.encoder()),
            SaeWeights.plus(weights.bias(), shift),
            weights.decoder(),
            weights
                .skip()
                .map(skip -> SaeWeights.plus(weights.centre(), SaeWeights.product(skip, offset)))
                .orElse(weights.centre()),
            weights.skip().map(step::times));
    SaeCode same =
        code instanceof SaeCode.Gated gated
            ? new SaeCode.Gated(gated.logScale(), gated.shifted(shift))
            : code;
    return new TrainedSae(family, transcodes, moved, lengths, same, multiplied);
  }

  /** A TopK by lengths as one without, where steps would change what lengths compare like. */
  private TrainedSae comparable(List<AffineStep> steps) {
    boolean keeps = steps.stream().allMatch(AffineStep::keepsProportions);
    return keeps || !(code instanceof SaeCode.TopK) ? this : unweighted();
  }

  private TrainedSae with(SaeWeights changed) {
    return new TrainedSae(family, transcodes, changed, lengths, code, multiplied);
  }

  /**
   * The same with latents that compete by activation alone: where they competed by activation times
   * length, activations are these products from now on, and rows are as much shorter.
   */
  public TrainedSae unweighted() {
    return switch (code) {
      case SaeCode.TopK(int k, boolean weighted) when weighted ->
          multiplied(new SaeCode.TopK(k, false));
      case SaeCode.OfBatch batch when batch.weighted() ->
          multiplied(new SaeCode.OfBatch(batch.k(), batch.threshold(), false, batch.prefixes()));
      default -> this;
    };
  }

  private TrainedSae multiplied(SaeCode alone) {
    SaeWeights products = weights.withLengthsEncoded(lengths);
    return new TrainedSae(family, transcodes, products, lengths, alone, true);
  }

  /**
   * The same with a threshold for each latent in the place of one for all: {@code u |D| > t} is
   * {@code u > t / |D|}. A latent with a row of zeros encodes nothing, so it is never active.
   */
  public TrainedSae byThresholds() {
    if (!(code instanceof SaeCode.OfBatch batch)) {
      return this;
    }
    float[] thresholds = new float[lengths.length];
    float[] encoder = weights.encoder().clone();
    float[] bias = weights.bias().clone();
    int inputs = weights.inputs();
    for (int latent = 0; latent < thresholds.length; latent++) {
      double length = batch.weighted() ? lengths[latent] : 1;
      if (length > 0) {
        thresholds[latent] = (float) (batch.threshold() / length);
      } else {
        Arrays.fill(encoder, latent * inputs, (latent + 1) * inputs, 0);
        bias[latent] = 0;
      }
    }
    SaeWeights same =
        new SaeWeights(encoder, bias, weights.decoder(), weights.centre(), weights.skip());
    SaeCode above = new SaeCode.Above(thresholds);
    return new TrainedSae(family, transcodes, same, lengths, above, multiplied);
  }

  /** The widths of nested prefixes, the last of which has all latents. */
  public List<Integer> widths(int prefixes) {
    List<Integer> widths = new ArrayList<>();
    for (int p = prefixes - 1; p >= 0; p--) {
      widths.add((int) Math.ceilDiv((long) weights.latents(), 1L << p));
    }
    return widths;
  }
}

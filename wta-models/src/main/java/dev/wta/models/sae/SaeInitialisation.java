package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Layers;
import dev.wta.models.sae.init.InitialSamples;
import dev.wta.models.sae.init.InitialScale;

/**
 * Initialises a {@link SparseAutoencoder} with some samples: its decoder's bias, its thresholds,
 * and the scale of its encoder.
 */
final class SaeInitialisation {
  private static final int MOST_RECONSTRUCTIONS = 100;

  private final SparseAutoencoder model;
  private final Backend backend;
  private final Parameter encoder;
  private final Parameter centre;
  private final boolean transcodes;

  /**
   * Of a model.
   *
   * @param encoder W, {@code (units, inputs)}
   * @param centre c, {@code (outputs)}
   */
  SaeInitialisation(SparseAutoencoder model, Parameter encoder, Parameter centre) {
    this.model = model;
    this.backend = model.backend();
    this.encoder = encoder;
    this.centre = centre;
    this.transcodes = model.target().isPresent();
  }

  /**
   * Initialises the model.
   *
   * @param targets a transcoder's; the samples themselves for an autoencoder
   */
  void with(InitialSamples samples, InitialSamples targets) {
    boolean atMedian = model.common().firstCentre() == SaeSettings.FirstCentre.MEDIAN;
    if (atMedian) {
      backend.memory().upload(targets.median(), 0, centre.value());
    }
    model.initialiseThresholds();
    if (atMedian && transcodes) {
      try (Tensor products = samples.encodedMedian(backend, encoder.value())) {
        model.subtractFromBiases(products);
      }
    }
    scaleEncoder(samples, targets);
  }

  /** Scales the encoder down if initial reconstructions would be too long. */
  private void scaleEncoder(InitialSamples samples, InitialSamples targets) {
    try (Tape tape = Tape.forward(backend)) {
      Variable centred = model.centred(tape, samples.on(tape, MOST_RECONSTRUCTIONS));
      Tensor decoded = Layers.decode(tape, model.code(tape, centred), model.decoder(tape)).value();
      Tensor wanted =
          Arithmetic.subtractRow(
                  tape, targets.on(tape, MOST_RECONSTRUCTIONS), tape.parameter(centre))
              .value();
      double factor = InitialScale.of(transcodes, backend.dense(), decoded, wanted);
      if (factor < 1) {
        backend.dense().affine((float) factor, encoder.value(), 0, encoder.value());
        model.scaleThresholds((float) factor);
      }
    }
  }
}

package dev.wta.models.sae;

import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;

/**
 * The code and reconstruction of a training step.
 *
 * @param code the active latents
 * @param output the reconstruction from all of them, {@code (samples, inputs)}
 * @param error its squared error, averaged over the samples
 * @param loss to be minimised, before it is divided by the variance
 */
public record Reconstruction(Code.Sparse code, Variable output, Loss error, Loss loss) {}

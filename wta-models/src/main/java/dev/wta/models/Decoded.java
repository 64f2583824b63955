package dev.wta.models;

import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;

/**
 * A code and what the decoder makes of it: what is said of one goes with what is said of the other,
 * such as L0 and explained variance.
 *
 * @param code what was decoded
 * @param reconstruction {@code (samples, sample)}
 */
public record Decoded(Code code, Variable reconstruction) {}

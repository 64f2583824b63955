package dev.wta.models;

import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;

/**
 * A code and its reconstruction: metrics of both, such as L0 and explained variance, belong
 * together.
 *
 * @param code the decoded code
 * @param reconstruction {@code (samples, sample)}
 */
public record Decoded(Code code, Variable reconstruction) {}

/**
 * Models, written once against the operation SPI. A {@link dev.wta.models.Model} is one class with
 * a forward pass on a {@link dev.wta.models.autodiff.Tape}; a {@link dev.wta.models.ModelFamily}
 * makes it from a configuration.
 */
package dev.wta.models;

/**
 * Tensors and their shapes, and winners: codes that keep only the activations that are not zero.
 */
package dev.wta.api.tensor;

/**
 * Reverse-mode differentiation over the operations. A {@link dev.wta.models.autodiff.Tape} records
 * operations as they run and replays their gradients in reverse.
 */
package dev.wta.models.autodiff;

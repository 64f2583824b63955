/**
 * Reverse-mode differentiation over the operation SPI. A forward pass calls the {@link
 * dev.wta.models.tape.Tape}'s operations, which run at once and are recorded; {@link
 * dev.wta.models.tape.Tape#backward} replays their gradients in reverse. A new operation is one
 * class that implements {@link dev.wta.models.tape.Operation}.
 */
package dev.wta.models.tape;

/**
 * Operations that only sparse autoencoders need: the jump of JumpReLU, gated magnitudes, numbers
 * written once a winner, losses that count the lengths of the decoder's rows.
 */
package dev.wta.models.sae.op;

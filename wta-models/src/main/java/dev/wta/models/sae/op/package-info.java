/**
 * Operations that only sparse autoencoders need: the jump of JumpReLU, gated magnitudes, numbers
 * written once a winner.
 */
package dev.wta.models.sae.op;

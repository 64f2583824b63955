/**
 * Sparse autoencoders as they are trained on the activations of large networks today: TopK,
 * BatchTopK, Matryoshka, JumpReLU and gated. One layer of units, a decoder whose rows have length
 * 1, and a bias that is subtracted first and added back last.
 */
package dev.wta.models.sae;

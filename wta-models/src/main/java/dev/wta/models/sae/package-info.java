/**
 * Sparse autoencoders as they are trained on the activations of large networks today (TopK,
 * BatchTopK, Matryoshka, Multi-TopK, JumpReLU, gated, and with an L1 norm), and transcoders with
 * the same codes. One layer of latents, a decoder whose rows have length 1 or lengths of their own,
 * and a bias that an autoencoder subtracts first and adds back last.
 */
package dev.wta.models.sae;

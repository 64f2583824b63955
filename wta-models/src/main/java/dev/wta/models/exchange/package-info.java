/**
 * Sparse autoencoders of other tools, in and out: their files, and the conventions in which they
 * differ from {@link dev.wta.models.sae.SparseAutoencoder}.
 */
package dev.wta.models.exchange;

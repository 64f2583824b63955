/** Losses: squared error, cross-entropy, L1 sparsity, the free energy of an RBM. */
package dev.wta.models.loss;

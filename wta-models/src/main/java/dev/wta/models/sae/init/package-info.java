/** The initial values of sparse autoencoders that depend on the training data. */
package dev.wta.models.sae.init;

/**
 * Sparse autoencoders between formats: what is read becomes an {@link
 * dev.wta.models.exchange.model.ImportedSae}, and a run becomes a {@link
 * dev.wta.models.exchange.model.TrainedSae}, which is written.
 */
package dev.wta.models.exchange.model;

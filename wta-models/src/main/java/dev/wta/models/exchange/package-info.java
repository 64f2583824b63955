/**
 * Sparse autoencoders of other tools, in and out: {@link dev.wta.models.exchange.SaeFormat}
 * recognises and reads their folders, {@link dev.wta.models.exchange.ExportFormat} writes them.
 * Conventions in which tools differ from {@link dev.wta.models.sae.SparseAutoencoder} are
 * converted.
 */
package dev.wta.models.exchange;

/**
 * A training run on disk: its configuration, checkpoints and metrics, written so that a kill at any
 * moment leaves the last good checkpoint.
 */
package dev.wta.models.run;

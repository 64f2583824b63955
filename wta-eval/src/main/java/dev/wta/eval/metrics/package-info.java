/** Measures of a code: sparsity, reconstruction, activity of each unit. */
package dev.wta.eval.metrics;

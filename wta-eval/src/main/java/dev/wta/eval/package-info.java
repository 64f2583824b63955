/** Features, probes, sparsity metrics, filter pictures, reports. */
package dev.wta.eval;

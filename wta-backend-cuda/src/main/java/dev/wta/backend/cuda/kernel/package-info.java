/**
 * Kernels: their sources, compilation for the card at hand, the cache of what was compiled,
 * launching.
 */
package dev.wta.backend.cuda.kernel;

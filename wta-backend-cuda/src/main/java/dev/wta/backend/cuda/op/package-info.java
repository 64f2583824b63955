/**
 * Operations of several kernels: selection passes, reductions, cuBLAS products, factored gradients.
 */
package dev.wta.backend.cuda.op;

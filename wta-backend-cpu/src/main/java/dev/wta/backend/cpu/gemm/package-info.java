/** Dense matrix products: packing, blocking, thin shapes. */
package dev.wta.backend.cpu.gemm;

/** Dense matrix products: packing, register tiles, thin shapes. */
package dev.wta.backend.cpu.gemm;

/** Tensors and winners on the heap. */
package dev.wta.backend.cpu.memory;

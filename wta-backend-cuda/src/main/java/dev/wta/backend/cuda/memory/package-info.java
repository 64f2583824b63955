/** Tensors and winners in device memory, uploads and downloads. */
package dev.wta.backend.cuda.memory;

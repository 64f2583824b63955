/**
 * The backend on NVIDIA's GPUs: kernels in CUDA C++, compiled for the card at hand, and cuBLAS for
 * products where it is there. One stream carries all work in order; results that the host asks for
 * are waited for, nothing else is.
 */
package dev.wta.backend.cuda;

/**
 * A driver without a device: the kernels' own sources, built by the host's compiler over a shim of
 * CUDA's built-ins, behind the driver's own calls. What runs against it is all of the backend but
 * NVIDIA's libraries and the hardware.
 */
package dev.wta.backend.cuda.host;

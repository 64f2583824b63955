/**
 * Benchmarks against the machine: {@code wta bench}. The kernels' benchmarks stand in {@link
 * dev.wta.bench.kernel}, those of whole training steps in {@link dev.wta.bench.step}.
 */
package dev.wta.bench;

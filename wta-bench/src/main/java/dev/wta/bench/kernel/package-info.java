/** Benchmarks of single operations, and of the machine that bounds them. */
package dev.wta.bench.kernel;

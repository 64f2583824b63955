/** Benchmarks of whole training steps on the models that users train. */
package dev.wta.bench.step;

/** Results of benchmarks as values. */
package dev.wta.bench.result;

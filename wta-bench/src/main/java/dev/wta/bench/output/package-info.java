/** Results of benchmarks as text and as JSON. */
package dev.wta.bench.output;

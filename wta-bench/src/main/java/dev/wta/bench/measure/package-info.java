/** Running JMH benchmarks in processes of their own, and reading their results. */
package dev.wta.bench.measure;

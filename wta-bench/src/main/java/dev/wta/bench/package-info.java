/** Benchmarks against the machine and against other frameworks. */
package dev.wta.bench;

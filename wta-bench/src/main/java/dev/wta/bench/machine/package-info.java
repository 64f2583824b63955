/** What the machine could do at most, and what benchmarks say they need of it. */
package dev.wta.bench.machine;

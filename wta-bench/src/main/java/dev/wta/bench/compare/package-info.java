/** wta beside its peers on the same workloads. */
package dev.wta.bench.compare;

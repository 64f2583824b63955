/** How an encoder serves requests of many threads. */
package dev.wta.bench.serving;

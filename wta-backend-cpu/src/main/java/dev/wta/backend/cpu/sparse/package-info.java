/**
 * Operations whose cost is proportional to the number of winners: decoding, the gradient of a code,
 * gradient rows, sparse maps.
 */
package dev.wta.backend.cpu.sparse;

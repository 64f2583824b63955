/**
 * Work in proportion to the winners: decoding, the gradient of a code, gradient rows, sparse maps.
 */
package dev.wta.backend.cpu.sparse;

/**
 * Data sets: batches and their order, data in memory, subsets, random patches, digests, the built-
 * in digits.
 */
package dev.wta.data;

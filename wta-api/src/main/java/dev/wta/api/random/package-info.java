/**
 * Random numbers that depend on a seed and a position only, so that every backend makes the same
 * ones.
 */
package dev.wta.api.random;

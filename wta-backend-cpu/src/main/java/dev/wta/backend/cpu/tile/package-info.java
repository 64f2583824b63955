/**
 * Register tiles: blocks of sums that a kernel keeps in vector registers, generated from a table of
 * their shapes.
 */
package dev.wta.backend.cpu.tile;

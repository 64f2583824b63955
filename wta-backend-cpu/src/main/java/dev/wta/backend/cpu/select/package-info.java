/** Winner selection, with and without a dense code. */
package dev.wta.backend.cpu.select;

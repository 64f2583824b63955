/** What optional modules offer: matrix instructions that Java does not reach. */
package dev.wta.backend.cpu.accelerator;

/** Threads and scratch memory of the CPU backend. */
package dev.wta.backend.cpu.exec;

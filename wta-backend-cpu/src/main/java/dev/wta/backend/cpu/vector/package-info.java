/**
 * Element-wise kernels on the Vector API: lane sums, reductions, losses, optimiser steps,
 * transposition.
 */
package dev.wta.backend.cpu.vector;

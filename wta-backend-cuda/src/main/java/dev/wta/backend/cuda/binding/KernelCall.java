package dev.wta.backend.cuda.binding;

import java.lang.foreign.MemorySegment;

/**
 * A kernel with all that it is called with.
 *
 * @param name for errors
 * @param function the driver's handle
 * @param threads of a block, along x
 * @param arguments pointers to the arguments, which are read before a call returns
 */
public record KernelCall(
    String name,
    long function,
    int gridX,
    int gridY,
    int gridZ,
    int threads,
    MemorySegment arguments) {}

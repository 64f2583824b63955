package dev.wta.cli.job;

import java.util.Optional;

/**
 * What a job is to compute with.
 *
 * @param backend the backend's name; the fastest that can run here if empty
 * @param threads the most threads to use; a thread for each processor if 0
 */
public record Compute(Optional<String> backend, int threads) {}

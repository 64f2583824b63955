package dev.wta.data;

import dev.wta.api.Shape;
import java.nio.file.Path;

/**
 * What an import wrote.
 *
 * @param out the Arrow file
 * @param samples how many
 * @param sample the shape of each
 * @param labelled whether with labels
 * @param classes the largest label plus 1, or 0 without labels
 */
public record ImportSummary(
    Path out, int samples, Shape sample, ElementType type, boolean labelled, int classes) {}

package dev.wta.data.importer;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import java.nio.file.Path;

/**
 * What an import wrote.
 *
 * @param out the Arrow file
 * @param samples how many
 * @param sample the shape of each
 * @param labelled whether with labels
 * @param classes the largest label plus 1, or 0 without labels
 * @param unreadable how many images were left out because they cannot be read
 */
public record ImportSummary(
    Path out,
    int samples,
    Shape sample,
    ElementType type,
    boolean labelled,
    int classes,
    int unreadable) {}

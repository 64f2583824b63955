package dev.wta.models.exchange.model;

import dev.wta.models.io.FileOperations;
import java.util.SequencedMap;

/**
 * A model in the form of another tool, before it is on the disk.
 *
 * @param architecture what the tool calls it, such as {@code jumprelu}
 * @param files what goes into each file, by its name
 */
public record ExportedSae(
    String architecture, SequencedMap<String, FileOperations.Content> files) {}

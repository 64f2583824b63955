package dev.wta.models.exchange;

import dev.wta.api.WtaException;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.saelens.SaeLensReader;
import dev.wta.models.exchange.tool.SparsifyReader;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The formats of sparse autoencoders that are read, each a folder of files of fixed names. */
public enum SaeFormat {
  /** SAELens 6, and configurations from before. */
  SAELENS("SAELens", SaeLensReader::read, "cfg.json", "sae_weights.safetensors"),
  /** EleutherAI's sparsify. */
  SPARSIFY("sparsify", SparsifyReader::read, "cfg.json", "sae.safetensors");

  private static final int MOST_NAMES = 12;

  private final String tool;

  @SuppressWarnings("ImmutableEnumChecker") // the methods of stateless classes
  private final Function<Path, ImportedSae> reader;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes it so
  private final List<String> files;

  SaeFormat(String tool, Function<Path, ImportedSae> reader, String... files) {
    this.tool = tool;
    this.reader = reader;
    this.files = List.of(files);
  }

  /** What users call it: {@code saelens}. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The format of a folder, by its files.
   *
   * @throws WtaException that names what was found and what is missing, if it is none of these
   */
  public static SaeFormat recognise(Path folder) {
    List<String> found = names(folder);
    return Arrays.stream(values())
        .filter(format -> found.containsAll(format.files))
        .findFirst()
        .orElseThrow(
            () ->
                new WtaException(
                    "%s is no model that is known: it has %s; %s"
                        .formatted(
                            folder,
                            found.isEmpty() ? "no files" : listed(found),
                            Arrays.stream(values())
                                .map(format -> format.lacks(found))
                                .collect(Collectors.joining(", "))),
                    "give the folder that has these files"));
  }

  private String lacks(List<String> found) {
    return "for %s it lacks %s"
        .formatted(
            tool,
            files.stream()
                .filter(file -> !found.contains(file))
                .collect(Collectors.joining(" and ")));
  }

  private static String listed(List<String> names) {
    String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return names.size() <= MOST_NAMES
        ? first
        : "%s and %,d more".formatted(first, names.size() - MOST_NAMES);
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new WtaException(
          Files.exists(folder)
              ? "%s is a file".formatted(folder)
              : "there is no %s".formatted(folder),
          "give the folder of the model");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException unreadable) {
      throw WriteFailures.reading(folder, unreadable);
    }
  }

  /**
   * Reads a model of this format.
   *
   * @throws WtaException if a file is missing or damaged, a tensor is missing, of another shape or
   *     not finite, or the model is one that cannot be held, which is named
   */
  public ImportedSae read(Path folder) {
    List<String> found = names(folder);
    if (!found.containsAll(files)) {
      throw new WtaException(
          "%s is no model of %s: %s".formatted(folder, tool, lacks(found)),
          "give the folder that has them, or leave out --format");
    }
    return reader.apply(folder);
  }
}

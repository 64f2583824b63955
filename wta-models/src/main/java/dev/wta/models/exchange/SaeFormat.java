package dev.wta.models.exchange;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.saelens.SaeLensReader;
import dev.wta.models.exchange.tool.DictionaryLearningReader;
import dev.wta.models.exchange.tool.GemmaScopeReader;
import dev.wta.models.exchange.tool.LlamaScopeReader;
import dev.wta.models.exchange.tool.LlamascopiumReader;
import dev.wta.models.exchange.tool.OpenAiReader;
import dev.wta.models.exchange.tool.SentenceTransformersReader;
import dev.wta.models.exchange.tool.SparsifyReader;
import dev.wta.models.io.WriteFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The formats of sparse autoencoders that are read, each a folder of files of fixed names. Of some
 * the one file is enough.
 */
public enum SaeFormat {
  /** SAELens 6, and configurations from before. */
  SAELENS("SAELens", SaeLensReader::read, "cfg.json", "sae_weights.safetensors"),
  /** EleutherAI's sparsify. */
  SPARSIFY("sparsify", SparsifyReader::read, "cfg.json", "sae.safetensors"),
  /** dictionary_learning. */
  DICTIONARY_LEARNING(
      "dictionary_learning", DictionaryLearningReader::read, "config.json", "ae.pt"),
  /** The first Gemma Scope. */
  GEMMA_SCOPE_1("Gemma Scope 1", GemmaScopeReader::readFirst, "params.npz"),
  /** The second Gemma Scope. */
  GEMMA_SCOPE_2("Gemma Scope 2", GemmaScopeReader::readSecond, "config.json", "params.safetensors"),
  /** OpenAI's sparse_autoencoder. */
  OPENAI("OpenAI", OpenAiReader::read, "autoencoder.pt"),
  /** Llama Scope, whose weights are in {@code checkpoints/final.safetensors}. */
  LLAMA_SCOPE("Llama Scope", LlamaScopeReader::read, "hyperparams.json", "checkpoints"),
  /** Llamascopium, and lm-saes from its version 2. */
  LLAMASCOPIUM("Llamascopium", LlamascopiumReader::read, "config.json", "sae_weights.safetensors"),
  /** The module SparseAutoEncoder of sentence-transformers. */
  SENTENCE_TRANSFORMERS(
      "sentence-transformers",
      SentenceTransformersReader::read,
      "config.json",
      "model.safetensors");

  private static final int MOST_NAMES = 12;

  /** As deep as Gemma Scope's models are: {@code layer_12/width_16k/average_l0_22}. */
  private static final int DEEPEST = 3;

  private final String tool;

  @SuppressWarnings("ImmutableEnumChecker") // the methods of stateless classes
  private final BiFunction<Path, ProgressListener, ImportedSae> reader;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes it so
  private final List<String> files;

  SaeFormat(String tool, BiFunction<Path, ProgressListener, ImportedSae> reader, String... files) {
    this.tool = tool;
    this.reader = reader;
    this.files = List.of(files);
  }

  /** What users call it: {@code saelens}. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The titles of all, with a comma between. */
  public static String titles() {
    return Arrays.stream(values()).map(SaeFormat::title).collect(Collectors.joining(", "));
  }

  /**
   * The format of a folder, by its files, or of a file, by how its name ends.
   *
   * @throws WtaException that names what was found and what is missing, if it is none of these
   */
  public static SaeFormat recognise(Path folder) {
    if (Files.isRegularFile(folder)) {
      refusePart(folder);
      return Arrays.stream(values())
          .filter(format -> format.isFile(folder))
          .findFirst()
          .orElseThrow(
              () ->
                  new WtaException(
                      "%s is a file of no known kind".formatted(folder),
                      "give the folder of the model, a .pt file of OpenAI, or a .npz file"));
    }
    List<String> found = names(folder);
    return Arrays.stream(values())
        .filter(format -> found.containsAll(format.files))
        .findFirst()
        .orElseThrow(() -> unknown(folder, found));
  }

  /** Refuses one of the files of a model that lie in its folder, and names the folder. */
  private static void refusePart(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    List<String> found = names(folder);
    String name = file.getFileName().toString();
    Arrays.stream(values())
        .filter(format -> format.files.size() > 1)
        .filter(format -> format.files.contains(name) && found.containsAll(format.files))
        .findFirst()
        .ifPresent(
            format -> {
              throw new WtaException(
                  "%s is one file of a model of %s".formatted(file, format.tool),
                  "give its folder, with %s: %s"
                      .formatted(
                          format.files.stream()
                              .filter(other -> !other.equals(name))
                              .collect(Collectors.joining(" and ")),
                          file.getParent() == null ? folder : file.getParent()));
            });
  }

  private static WtaException unknown(Path folder, List<String> found) {
    List<String> below = models(folder, DEEPEST).map(Path::toString).toList();
    if (!below.isEmpty()) {
      return new WtaException(
          "%s is no model, but has some in it".formatted(folder), "give one: " + listed(below));
    }
    return new WtaException(
        "%s is no model that is known: it has %s; %s"
            .formatted(
                folder,
                found.isEmpty() ? "no files" : listed(found),
                nearest(found).stream()
                    .map(format -> format.lacks(found))
                    .collect(Collectors.joining(", "))),
        "give the folder that has these files");
  }

  /** The folders of models below a folder, so many levels at most. */
  private static Stream<Path> models(Path folder, int levels) {
    return names(folder).stream()
        .map(folder::resolve)
        .filter(path -> Files.isDirectory(path) && Files.isReadable(path))
        .flatMap(
            path ->
                hasAllFilesOf(path)
                    ? Stream.of(path)
                    : levels > 1 ? models(path, levels - 1) : Stream.empty());
  }

  /** Whether a folder has a file of the name that one of a model's files has. */
  public static boolean hasFilesOf(Path folder) {
    List<String> found = names(folder);
    return Arrays.stream(values())
        .anyMatch(format -> format.files.stream().anyMatch(found::contains));
  }

  /** Whether a folder has all files of a model of one format. */
  public static boolean hasAllFilesOf(Path folder) {
    List<String> found = names(folder);
    return Arrays.stream(values()).anyMatch(format -> found.containsAll(format.files));
  }

  /** Whether a path is the one file that a model of this format is. */
  private boolean isFile(Path path) {
    String name = files.getFirst();
    return files.size() == 1
        && Files.isRegularFile(path)
        && path.getFileName().toString().endsWith(name.substring(name.indexOf('.')));
  }

  /** The formats of which some file is there, or all where there is none. */
  private static List<SaeFormat> nearest(List<String> found) {
    List<SaeFormat> some =
        Arrays.stream(values())
            .filter(format -> format.files.stream().anyMatch(found::contains))
            .toList();
    return some.isEmpty() ? List.of(values()) : some;
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
    return read(folder, ProgressListener.SILENT);
  }

  /** As {@link #read(Path)}; {@code listener} receives the progress. */
  public ImportedSae read(Path folder, ProgressListener listener) {
    if (isFile(folder)) {
      return reader.apply(folder, listener);
    }
    List<String> found = names(folder);
    if (!found.containsAll(files)) {
      throw new WtaException(
          "%s is no model of %s: %s".formatted(folder, tool, lacks(found)),
          "give the folder that has them, or leave out --format");
    }
    return reader.apply(folder, listener);
  }
}

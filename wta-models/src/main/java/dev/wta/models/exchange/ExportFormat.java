package dev.wta.models.exchange;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.models.exchange.model.ExportedSae;
import dev.wta.models.exchange.model.TrainedSae;
import dev.wta.models.exchange.saelens.SaeLensWriter;
import dev.wta.models.exchange.tool.DictionaryLearningWriter;
import dev.wta.models.exchange.tool.SentenceTransformersWriter;
import dev.wta.models.exchange.tool.SparsifyWriter;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.ReportingStream;
import dev.wta.models.io.TensorType;
import dev.wta.models.io.WriteFailures;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The formats that runs are exported in. An exported model encodes samples as they are before
 * pre-processing, which is folded into the weights.
 */
public enum ExportFormat {
  /** SAELens 6, for {@code SAE.load_from_disk}. */
  SAELENS("SAELens", SaeLensWriter::export, SaeLensWriter.FAMILIES, SaeLensWriter.FILES),
  /** EleutherAI's sparsify, for {@code SparseCoder.load_from_disk}. */
  SPARSIFY("sparsify", SparsifyWriter::export, SparsifyWriter.FAMILIES, SparsifyWriter.FILES),
  /** dictionary_learning, for {@code load_dictionary}. */
  DICTIONARY_LEARNING(
      "dictionary_learning",
      DictionaryLearningWriter::export,
      DictionaryLearningWriter.FAMILIES,
      DictionaryLearningWriter.FILES),
  /** The module SparseAutoEncoder of sentence-transformers. */
  SENTENCE_TRANSFORMERS(
      "sentence-transformers",
      SentenceTransformersWriter::export,
      SentenceTransformersWriter.FAMILIES,
      SentenceTransformersWriter.FILES);

  private final String tool;

  @SuppressWarnings("ImmutableEnumChecker") // the methods of stateless classes
  private final BiFunction<TrainedSae, TensorType, ExportedSae> writer;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes it so
  private final List<String> families;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes it so
  private final List<String> fileNames;

  ExportFormat(
      String tool,
      BiFunction<TrainedSae, TensorType, ExportedSae> writer,
      List<String> families,
      List<String> fileNames) {
    this.tool = tool;
    this.writer = writer;
    this.families = families;
    this.fileNames = fileNames;
  }

  /** What users call it: {@code saelens}. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What its makers call the tool. */
  public String tool() {
    return tool;
  }

  /** The names of its files. */
  public List<String> fileNames() {
    return fileNames;
  }

  /**
   * The format of that title.
   *
   * @throws WtaException that names all, if there is none
   */
  public static ExportFormat named(String title) {
    return Arrays.stream(values())
        .filter(format -> format.title().equals(title))
        .findFirst()
        .orElseThrow(
            () ->
                new WtaException(
                    "there is no format '%s'".formatted(title),
                    "give "
                        + Arrays.stream(values())
                            .map(ExportFormat::title)
                            .collect(Collectors.joining(", "))));
  }

  /**
   * Exports a run's last checkpoint.
   *
   * @param folder for the files; it is made if need be, and they are replaced
   * @param type of the numbers: float32, float16 or bfloat16, to which they are rounded
   * @return what was written
   * @throws WtaException if the tool has no such model, the run's pre-processing cannot be folded
   *     into weights, a weight is beyond the type's largest number, or the files cannot be written
   */
  public ExportedSae write(RunDirectory run, Backend backend, Path folder, TensorType type) {
    return write(run, backend, folder, type, ProgressListener.SILENT);
  }

  /** As without {@code listener}, which receives the progress. */
  public ExportedSae write(
      RunDirectory run, Backend backend, Path folder, TensorType type, ProgressListener listener) {
    String family = run.config().family();
    if (!families.contains(family)) {
      throw new WtaException(
          "%s holds a %s, which %s has not".formatted(run.path(), family, tool),
          "export a run of " + String.join(", ", families));
    }
    TrainedSae sae = TrainedSae.of(run, backend, listener);
    ExportedSae exported = writer.apply(sae, type);
    long bytes =
        type.bytes() * ((long) sae.weights().encoder().length + sae.weights().decoder().length);
    SequencedMap<Path, FileOperations.Content> files = new LinkedHashMap<>();
    exported
        .files()
        .forEach(
            (name, content) ->
                files.put(
                    folder.resolve(name),
                    out ->
                        content.writeTo(
                            new ReportingStream(out, "writing " + name, bytes, listener))));
    try {
      Files.createDirectories(folder);
      FileOperations.REAL.replaceAll(files);
    } catch (IOException failed) {
      throw WriteFailures.writing(folder, failed);
    }
    return exported;
  }
}

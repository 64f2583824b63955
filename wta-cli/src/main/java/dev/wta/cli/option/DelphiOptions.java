package dev.wta.cli.option;

import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.data.codes.DelphiCache;
import dev.wta.data.codes.TokenSequences;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The options of codes that are written with the tokens that they belong to. */
public final class DelphiOptions {
  @Option(
      names = "--tokens",
      paramLabel = "NAME",
      description =
          "Write the folder of a module that EleutherAI's Delphi takes, with the tokens in that"
              + " column, one for each sample.")
  String tokens;

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "With --tokens: the positions of a sequence; unless given, those of a row of --data.")
  Integer context;

  @Option(
      names = "--files",
      paramLabel = "N",
      description = "With --tokens: among how many files the latents are divided (5).")
  int files = 5;

  @Option(
      names = "--tokenizer",
      paramLabel = "NAME",
      description = "With --tokens: the model whose tokenizer Delphi takes, such as gpt2.")
  String tokenizer;

  /** Whether codes are written so. */
  public boolean chosen() {
    return tokens != null;
  }

  /**
   * Begins a cache of the codes of {@code data}.
   *
   * @param path of the data
   * @param folder of the module
   * @throws dev.wta.api.WtaException if there are no tokens for them
   */
  public DelphiCache create(Dataset data, Path path, Path folder, int features) {
    TokenSequences texts =
        TokenSequences.of(
            data,
            DatasetFile.integers(path, tokens),
            context == null ? OptionalInt.empty() : OptionalInt.of(context));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("dataset_repo", path.toString());
    config.put("dataset_column", tokens);
    if (tokenizer != null) {
      config.put("model_name", tokenizer);
    }
    return DelphiCache.create(folder, features, texts, files, config);
  }
}

package dev.wta.cli.option;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.data.codes.CodeWriter;
import dev.wta.data.codes.DelphiCache;
import dev.wta.data.codes.SaeDashboardFiles;
import dev.wta.data.codes.TokenSequences;
import dev.wta.data.codes.Vocabulary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import picocli.CommandLine.Option;

/** The options of codes that are written with the tokens that they belong to. */
@OptionHeading("Codes with tokens")
public final class TokenOptions {
  /** What the folder is for. */
  enum Form {
    DELPHI,
    SAE_DASHBOARD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Option(
      names = "--tokens",
      paramLabel = "NAME",
      description =
          "Write a folder of activations with the tokens in that column, one for each sample.")
  String tokens;

  @Option(
      names = "--tokens-as",
      paramLabel = "FORM",
      description =
          "With --tokens: delphi, a module that EleutherAI's Delphi takes (the default), or"
              + " sae-dashboard, what SAEDashboard writes for Neuronpedia.")
  Form form;

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

  @Option(
      names = "--vocabulary",
      paramLabel = "JSON",
      description =
          "With --tokens-as sae-dashboard: the tokens' texts, vocab.json or tokenizer.json of their"
              + " tokenizer; unless given, their numbers are written.")
  Path vocabulary;

  /** Whether codes are written so. */
  public boolean chosen() {
    return tokens != null;
  }

  /**
   * Checks that the options go together.
   *
   * @throws WtaException if one would be of no use
   */
  public void check() {
    boolean dashboard = form == Form.SAE_DASHBOARD;
    boolean others = form != null || context != null || tokenizer != null || vocabulary != null;
    if (tokens == null && others) {
      throw new WtaException(
          "--tokens-as, --context, --tokenizer and --vocabulary are of codes with tokens",
          "say with --tokens which column these are");
    }
    if (!dashboard && vocabulary != null) {
      throw new WtaException(
          "Delphi loads a tokenizer for the tokens' texts",
          "give its name with --tokenizer, or --tokens-as sae-dashboard");
    }
    if (dashboard && tokenizer != null) {
      throw new WtaException(
          "--tokenizer is what Delphi loads",
          "give the tokens' texts with --vocabulary vocab.json");
    }
  }

  /** The form's name. */
  public String title() {
    return (form == null ? Form.DELPHI : form).toString();
  }

  /**
   * Begins a folder of the codes of {@code data}.
   *
   * @param path of the data
   * @throws WtaException if there are no tokens for them
   */
  public CodeWriter create(Dataset data, Path path, Path folder, int features) {
    TokenSequences texts =
        TokenSequences.of(
            data,
            DatasetFile.integers(path, tokens),
            context == null ? OptionalInt.empty() : OptionalInt.of(context));
    if (form == Form.SAE_DASHBOARD) {
      IntFunction<String> words = Integer::toString;
      if (vocabulary != null) {
        Vocabulary known = Vocabulary.read(vocabulary);
        known.requireAll(texts);
        words = known::text;
      }
      return SaeDashboardFiles.create(folder, features, texts, files, path.toString(), words);
    }
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("dataset_repo", path.toString());
    config.put("dataset_column", tokens);
    if (tokenizer != null) {
      config.put("model_name", tokenizer);
    }
    return DelphiCache.create(folder, features, texts, files, config);
  }
}

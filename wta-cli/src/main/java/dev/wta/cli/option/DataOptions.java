package dev.wta.cli.option;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.array.Rows;
import dev.wta.data.arrow.ArrowStream;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.data.arrow.ReadOptions;
import dev.wta.data.io.SpecialFile;
import dev.wta.data.reading.PeekedStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of commands that read samples: what of a file is meant. */
@OptionHeading("Reading data")
public final class DataOptions {
  /** What messages and runs call it. */
  public static final String STANDARD_INPUT = "standard input";

  private static final Pattern DROP = Pattern.compile("([^=]+)=(-?\\d{1,18}(?:,-?\\d{1,18})*)");

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description =
          "The column, or safetensors tensor, of the samples, such as blocks.0.hook_mlp_out.")
  String column;

  @Option(names = "--label", paramLabel = "NAME", description = "The column of the labels.")
  String label;

  @Option(
      names = "--rows",
      paramLabel = "WHAT",
      description =
          "What a row of shape (context, width) is: one sample (sample), or a sequence of context"
              + " samples (sequence). By default, rows of floats in a column not named image are"
              + " sequences.")
  Rows rows = Rows.AUTO;

  @Option(
      names = "--drop",
      paramLabel = "NAME=N,...",
      description =
          "Leave out samples whose value in this integer column is one of these, such as"
              + " token_ids=0,1.")
  String drop;

  /** Opens samples; {@code -} is all of standard input. */
  public Dataset open(Path path) {
    return isStandardInput(path)
        ? ArrowStream.copied(STANDARD_INPUT, System.in, ofSamples())
        : openFile(path);
  }

  /** Samples of standard input, which are read once as they arrive. */
  public PeekedStream stream() {
    return new PeekedStream(new ArrowStream(STANDARD_INPUT, System.in, ofSamples()));
  }

  /** Whether a path stands for standard input. */
  public static boolean isStandardInput(Path path) {
    return path.toString().equals("-");
  }

  private Dataset openFile(Path path) {
    SpecialFile.refuse(
        path,
        "give '-' and redirect standard input: '- < %s', or copy it to a file".formatted(path));
    return DatasetFile.open(path, of(ReadOptions.DEFAULTS, column));
  }

  /** Opens a transcoder's target, which has the same rows. */
  public Dataset openTarget(Path path, String targetColumn) {
    return DatasetFile.open(path, of(ReadOptions.TARGET, targetColumn));
  }

  /** The options that were given, each after a space, as a further command repeats them. */
  public String given() {
    StringBuilder given = new StringBuilder();
    add(given, "--column", column);
    add(given, "--label", label);
    add(given, "--rows", rows == Rows.AUTO ? null : rows.name().toLowerCase(Locale.ROOT));
    add(given, "--drop", drop);
    return given.toString();
  }

  private static void add(StringBuilder given, String option, String value) {
    if (value != null) {
      given.append(' ').append(option).append(' ').append(value);
    }
  }

  /** The options of samples. */
  public ReadOptions ofSamples() {
    return of(ReadOptions.DEFAULTS, column);
  }

  private ReadOptions of(ReadOptions defaults, String name) {
    ReadOptions options = defaults.rows(rows);
    if (name != null) {
      options = options.column(name);
    }
    if (label != null) {
      options = options.label(label);
    }
    if (drop == null) {
      return options;
    }
    Matcher parts = DROP.matcher(drop);
    if (!parts.matches()) {
      throw new WtaException(
          "--drop is '%s'".formatted(drop), "give a column and numbers, such as token_ids=0,1");
    }
    Set<Long> values =
        Stream.of(parts.group(2).split(",")).map(Long::valueOf).collect(Collectors.toSet());
    return options.drop(new ReadOptions.Drop(parts.group(1), values));
  }
}

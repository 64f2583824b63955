package dev.wta.cli.importing;

import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.format.Csv;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code wta import csv}: tables of numbers as text. */
@Command(
    name = "csv",
    description = {
      "Imports a CSV file, gzipped or not: a sample of numbers in each line.",
      "",
      "Numbers are stored as float32, the nearest to those in the file."
    },
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import csv train.csv --label label --out train.arrow",
      "  wta import csv points.tsv.gz --separator tab --label 3 --out points.arrow"
    })
public final class ImportCsvCommand extends ImportFormatCommand {
  private static final String TAB = "tab";

  @Parameters(paramLabel = "FILE", description = "The CSV file.")
  Path source;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description =
          "The column of the labels, integers from 0: its name, or its number from 1. Without"
              + " labels, all columns are values of the samples.")
  String label;

  @Option(
      names = "--separator",
      paramLabel = "CHAR",
      description = "The character between columns, or 'tab' (default: a comma).")
  String separator = ",";

  @Option(
      names = "--header",
      negatable = true,
      description =
          "Whether the first line has the columns' names (default: if none of its fields is a"
              + " number).")
  Boolean header;

  @Override
  ImportSummary convert(ImportTarget target) {
    String character = separator.equals(TAB) ? "\t" : separator;
    if (character.length() != 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--separator is '%s', and has to be one character".formatted(separator));
    }
    Csv.Columns columns =
        new Csv.Columns(
            character.charAt(0), Optional.ofNullable(header), Optional.ofNullable(label));
    return Csv.convert(source, columns, target);
  }
}

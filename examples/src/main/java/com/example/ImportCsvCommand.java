package com.example;

import dev.wta.cli.CommandProvider;
import dev.wta.cli.output.Output;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wta import-csv SOURCE --out FILE}. */
@Command(name = "import-csv", description = "Turns CSV, the label last, into an Arrow file.")
public final class ImportCsvCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SOURCE", description = "The CSV file.")
  Path source;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The Arrow file.")
  Path out;

  @Override
  public Integer call() {
    Output.writer().printf("%s: %,d samples%n", out, CsvImporter.convert(source, out));
    return 0;
  }

  /** Adds the command to {@code wta}. */
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new ImportCsvCommand();
    }
  }
}

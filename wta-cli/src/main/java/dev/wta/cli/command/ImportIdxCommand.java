package dev.wta.cli.command;

import dev.wta.cli.ExitCode;
import dev.wta.cli.Output;
import dev.wta.data.Idx;
import dev.wta.data.ImportSummary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wta import idx}: the format that MNIST comes in. */
@Command(
    name = "idx",
    description = "Imports IDX files, the format that MNIST comes in, compressed by gzip or not.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import idx --images train-images-idx3-ubyte.gz \\",
      "                 --labels train-labels-idx1-ubyte.gz --out train.arrow",
      "  wta import idx --images pictures.idx3 --out pictures.arrow"
    })
public final class ImportIdxCommand implements Callable<Integer> {
  @Option(
      names = "--images",
      required = true,
      paramLabel = "FILE",
      description = "The pictures: an IDX file.")
  Path images;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Their classes: an IDX file. Probing needs them, training does not.")
  Path labels;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The Arrow file to write.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() {
    ImportSummary summary = Idx.convert(images, Optional.ofNullable(labels), out);
    if (json) {
      Json.print(toJson(summary));
    } else {
      Output.writer()
          .println(
              String.format(
                  "%s: %,d samples of %s, %s, %s",
                  summary.out(),
                  summary.samples(),
                  summary.sample(),
                  summary.type().name().toLowerCase(Locale.ROOT),
                  summary.labelled() ? summary.classes() + " classes" : "no labels"));
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> toJson(ImportSummary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("out", summary.out().toString());
    json.put("samples", summary.samples());
    json.put("shape", summary.sample().extents());
    json.put("type", summary.type().name().toLowerCase(Locale.ROOT));
    json.put("labelled", summary.labelled());
    json.put("classes", summary.classes());
    return json;
  }
}

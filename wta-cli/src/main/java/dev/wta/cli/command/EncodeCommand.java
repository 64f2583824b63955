package dev.wta.cli.command;

import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.PoolOption;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.FeatureWriter;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta encode}: writes a data set's features. */
@Command(
    name = "encode",
    description = {
      "Writes the features that a run's model gives a data set, the competition off.",
      "",
      "A conv-wta model that was trained on patches encodes pictures of any size."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta encode --run runs/first --data test.arrow --out features.arrow"})
public final class EncodeCommand implements Callable<Integer> {
  @Option(names = "--run", required = true, paramLabel = "DIR", description = "The run's folder.")
  Path run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The Arrow file to encode.")
  Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "The Arrow file to write: a row of features a sample, and its label if it has one.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin PoolOption pool;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    RunDirectory opened = RunDirectory.open(run);
    try (Dataset samples = DatasetFile.open(data);
        Backend backend = compute.open();
        FeatureExtractor encoder = opened.loadFor(samples, backend, pool.changed())) {
      write(encoder, samples);
      print(samples, encoder.features());
    }
    return ExitCode.OK;
  }

  private void write(FeatureExtractor encoder, Dataset samples) {
    try (StageDisplay display = new StageDisplay(screen.get())) {
      FeatureWriter.write(
          encoder,
          samples,
          out,
          Map.of("run", run.toString()),
          (done, total) -> {
            display.progressed("encoding", done, total);
            return true;
          });
    }
  }

  private void print(Dataset samples, int features) {
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("out", out.toString());
      document.put("samples", samples.size());
      document.put("features", features);
      document.put("labelled", samples.labelled());
      JsonOutput.print(document);
    } else {
      Output.writer()
          .printf(
              "%s: %,d samples of %,d features%s%n",
              out, samples.size(), features, samples.labelled() ? ", with labels" : "");
    }
  }
}

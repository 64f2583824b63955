package dev.wta.bench;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.bench.result.Columns;
import dev.wta.bench.result.Processor;
import dev.wta.bench.result.RateFormat;
import dev.wta.bench.serving.EncoderLoad;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.models.Encoder;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wta bench encoder}: how long requests to an encoder take. */
@Command(
    name = "encoder",
    description =
        "Measures how one shared encoder serves threads that ask for sparse codes of a sample or"
            + " of batches: the time of a request, and samples a second.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta bench encoder                         a topk of 384 inputs and 512 latents",
      "  wta bench encoder --run runs/sae --batch 1 --callers 1,2"
    })
final class BenchEncoderCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "The run whose model to use. Default: an untrained topk.")
  Path run;

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description = "Numbers of a sample of the untrained topk. Default: ${DEFAULT-VALUE}.")
  int inputs = 384;

  @Option(
      names = "--latents",
      paramLabel = "N",
      description = "Its latents, 32 of which are active. Default: ${DEFAULT-VALUE}.")
  int latents = 512;

  @Option(
      names = "--callers",
      split = ",",
      paramLabel = "N",
      description = "Threads that ask at once; several with commas. Default: 1,2,4,8.")
  List<Integer> callers = List.of(1, 2, 4, 8);

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      description = "Samples of a request; several with commas. Default: 1,32,1024.")
  List<Integer> batches = List.of(1, 32, 1024);

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "The backend to measure. Default: ${DEFAULT-VALUE}.")
  String backend = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the backend, for large requests. Default: one for each processor.")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "How long each is measured, once the JVM has compiled what it runs. Default:"
              + " ${DEFAULT-VALUE}.")
  double seconds = 3;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (callers.stream().anyMatch(n -> n < 1)
        || batches.stream().anyMatch(n -> n < 1)
        || threads < 1
        || !(seconds > 0)) {
      throw new WtaException(
          "nothing can be measured with fewer than one caller, thread or sample, or in no time",
          "give --callers, --batch, --threads and --seconds above 0");
    }
    try (Backend opened = Backends.named(backend, BackendOptions.defaults().withThreads(threads));
        Encoder encoder = encoder(opened)) {
      List<EncoderLoad> loads = new ArrayList<>();
      Duration time = Duration.ofNanos((long) (seconds * 1e9));
      for (int batch : batches) {
        for (int count : callers) {
          EncoderLoad.warmUp(encoder, count, batch, time.dividedBy(2));
          loads.add(EncoderLoad.measured(encoder, count, batch, time));
        }
      }
      print(encoder, loads);
    }
    return ExitCode.OK;
  }

  private Encoder encoder(Backend on) {
    if (run != null) {
      return RunDirectory.open(run).encoder(on);
    }
    try (Model model =
        TopKSae.Settings.DEFAULTS
            .hidden(latents)
            .k(Math.min(32, latents))
            .on(Shape.of(inputs), on, Seed.of(1))) {
      return Encoder.of(model);
    }
  }

  private void print(Encoder encoder, List<EncoderLoad> loads) {
    if (json) {
      JsonOutput.print(document(encoder, loads));
      return;
    }
    Processor here = Processor.here();
    Output.writer()
        .printf(
            "%s, %d processors, JDK %s, %d-bit vectors%n%s of %,d inputs and %,d features on"
                + " %s%n%n",
            here.model(),
            here.count(),
            Runtime.version(),
            here.vectorBits(),
            encoder.family(),
            encoder.inputs(),
            encoder.features(),
            backend);
    Columns columns = new Columns(0);
    columns.add(List.of("batch", "callers", "median us", "p99 us", "samples/s"));
    for (EncoderLoad load : loads) {
      columns.add(
          List.of(
              String.valueOf(load.batch()),
              String.valueOf(load.threads()),
              RateFormat.of(load.median()),
              RateFormat.of(load.p99()),
              RateFormat.of(load.samplesPerSecond())));
    }
    Output.writer().print(columns.text());
  }

  private Map<String, Object> document(Encoder encoder, List<EncoderLoad> loads) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (EncoderLoad load : loads) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("batch", load.batch());
      row.put("callers", load.threads());
      row.put("medianMicroseconds", load.median());
      row.put("p99Microseconds", load.p99());
      row.put("samplesPerSecond", load.samplesPerSecond());
      rows.add(row);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("family", encoder.family());
    document.put("inputs", encoder.inputs());
    document.put("features", encoder.features());
    document.put("backend", backend);
    document.put("requests", rows);
    return document;
  }
}

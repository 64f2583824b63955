package dev.wta.cli.command;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.DataOptions;
import dev.wta.cli.option.PoolOption;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.option.TokenOptions;
import dev.wta.cli.option.WritesInto;
import dev.wta.cli.option.WritesStream;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.output.StandardStreams;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.SampleStream;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.data.arrow.ArrowStream;
import dev.wta.data.codes.CodeFormat;
import dev.wta.data.codes.CodeWriter;
import dev.wta.data.codes.SparseCodeWriter;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.encoding.FeatureWriter;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta encode}: writes a data set's features. */
@Command(
    name = "encode",
    description = {
      "Writes the features that a run's model gives a data set, the competition off.",
      "",
      "Of models whose code is sparse, the active features alone are written, as lists of"
          + " indices and values; --dense writes all. '-' stands for standard input and output,"
          + " which carry Arrow streams.",
      "",
      "A conv-wta model that was trained on patches encodes pictures of any size."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta encode --run runs/first --data test.arrow --out features.arrow",
      "  wta encode --run runs/sae --data test.arrow --out codes.npz",
      "  wta encode --run runs/sae --data - --out - --format jsonl < test.arrow",
      "  wta encode --run runs/sae --data acts.arrow --tokens token_ids \\",
      "             --out latents/layers.5"
    })
public final class EncodeCommand implements Callable<Integer>, WritesInto, WritesStream {
  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description =
          "The samples, a file or folder as 'wta train' takes it; '-' reads an Arrow stream from"
              + " standard input.")
  Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "The file to write: the features of each sample, and its label if it has one; '-' is"
              + " standard output. With --tokens a folder.")
  Path out;

  @ArgGroup Form form = new Form();

  /** Which features are written. */
  static final class Form {
    @Option(
        names = "--sparse",
        description = "Write the active features: the default where the code is sparse.")
    boolean sparse;

    @Option(
        names = "--dense",
        description = "Write all features, as a data set: the default elsewhere.")
    boolean dense;
  }

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "arrow, arrow-stream, npz (SciPy's CSR matrix) or jsonl (an object of index and value a"
              + " line). Unless given, the name of --out decides.")
  CodeFormat format;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin DataOptions dataOptions;

  @Mixin TokenOptions withTokens;

  @Mixin PoolOption pool;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public boolean writesFolder() {
    return withTokens.chosen();
  }

  /** None that are there: the folder has to be empty. */
  @Override
  public List<String> fileNames() {
    return List.of();
  }

  @Override
  public Integer call() {
    boolean toStream = StandardStreams.is(out);
    if (json && toStream) {
      throw new WtaException(
          "--json prints on standard output, where --out sends the features",
          "leave out --json, or give a file");
    }
    withTokens.check();
    boolean folder = withTokens.chosen();
    if (folder && (toStream || StandardStreams.is(data) || format != null || form.dense)) {
      throw new WtaException(
          "--tokens makes a folder of active features, of data that is no stream",
          "give --data and --out paths, and leave out --format and --dense");
    }
    RunDirectory opened = run.open();
    try (Backend backend = compute.open()) {
      if (StandardStreams.is(data)) {
        try (FeatureExtractor encoder = opened.load(backend, pool.changed());
            SampleStream samples =
                new ArrowStream("standard input", System.in, dataOptions.ofSamples())) {
          Written written = new Written(encoder);
          long count = FeatureWriter.write(encoder, samples, written::begin);
          print(written, count);
        }
      } else {
        try (Dataset samples = dataOptions.open(data);
            FeatureExtractor encoder = opened.loadFor(samples, backend, pool.changed())) {
          Written written = new Written(encoder);
          try (StageDisplay display = new StageDisplay(screen.get())) {
            FeatureWriter.write(
                encoder,
                samples,
                labelled ->
                    folder
                        ? withTokens.create(samples, data, out, encoder.features())
                        : written.begin(labelled),
                (done, total) -> {
                  display.progressed("encoding", done, total);
                  return true;
                });
          }
          print(written, samples.size());
        }
      }
    }
    return ExitCode.OK;
  }

  private CodeFormat format() {
    if (format != null) {
      return format;
    }
    return StandardStreams.is(out) ? CodeFormat.ARROW_STREAM : CodeFormat.of(out);
  }

  private boolean sparse(FeatureExtractor encoder, CodeFormat chosen) {
    boolean arrow = chosen == CodeFormat.ARROW || chosen == CodeFormat.ARROW_STREAM;
    if (form.dense && !arrow) {
      throw new WtaException(
          "%s holds active features alone".formatted(chosen), "leave out --dense, or write Arrow");
    }
    return !form.dense && (form.sparse || encoder.sparse() || !arrow);
  }

  /** The output once it was begun. */
  private final class Written {
    private final FeatureExtractor encoder;
    private final CodeFormat format;
    private final boolean sparse;
    private boolean labelled;
    private CodeWriter writer;

    Written(FeatureExtractor encoder) {
      this.encoder = encoder;
      format = EncodeCommand.this.format();
      sparse = sparse(encoder, format);
    }

    CodeWriter begin(boolean withLabels) {
      labelled = withLabels;
      Map<String, String> provenance = Map.of("run", run.toString());
      writer =
          sparse
              ? SparseCodeWriter.create(
                  StandardStreams.output(out), format, encoder.features(), labelled, provenance)
              : ArrowDatasetWriter.create(
                  StandardStreams.output(out),
                  encoder.featureShape(),
                  ElementType.FLOAT32,
                  labelled,
                  provenance,
                  format == CodeFormat.ARROW_STREAM);
      return writer;
    }

    /** The active features of all samples, where they were counted. */
    OptionalLong active() {
      return writer instanceof SparseCodeWriter codes
          ? OptionalLong.of(codes.active())
          : OptionalLong.empty();
    }
  }

  private void print(Written written, long samples) {
    if (StandardStreams.is(out)) {
      return;
    }
    int features = written.encoder.features();
    OptionalLong active = written.active();
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("out", out.toString());
      document.put("samples", samples);
      document.put("features", features);
      document.put("labelled", written.labelled);
      document.put("format", withTokens.chosen() ? withTokens.title() : written.format.toString());
      active.ifPresent(count -> document.put("active", count));
      JsonOutput.print(document);
    } else {
      Output.writer()
          .printf(
              "%s: %s of %s%s%s%n",
              out,
              Counted.of(samples, "sample"),
              Counted.of(features, "feature"),
              active.isPresent()
                  ? ", %.1f active".formatted((double) active.getAsLong() / samples)
                  : "",
              written.labelled ? ", with labels" : "");
    }
  }
}

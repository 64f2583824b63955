package dev.wta.cli.command;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.synthetic.SynthSaeBench;
import dev.wta.data.synthetic.SyntheticFeatures;
import dev.wta.data.synthetic.SyntheticFiles;
import dev.wta.data.synthetic.UniformMixture;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wta synthesise}: data made of known features. */
@Command(
    name = "synthesise",
    description = {
      "Makes synthetic samples of known features, to measure which of them a dictionary recovers.",
      "",
      "Each sample is a sparse sum of the features. For --out data.arrow it writes the samples,"
          + " their true activations, data.activations.arrow, and the features, dictionary.npy. The"
          + " same recipe and seed give the same features; another --first gives other samples of"
          + " them, for a test set."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta synthesise --out train.arrow --samples 200000 --seed 1",
      "  wta synthesise --out test.arrow --samples 10000 --first 200000 --seed 1",
      "  wta synthesise --out big.arrow --samples 1000000 --seed 1 \\",
      "                 --recipe synthsaebench"
    })
public final class SynthesiseCommand implements Callable<Integer> {
  private static final int FEATURES = 512;
  private static final int INPUTS = 128;
  private static final int ACTIVE = 10;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The Arrow file to write.")
  Path out;

  @Option(
      names = "--samples",
      required = true,
      paramLabel = "N",
      description = "The number of samples.")
  int samples;

  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      defaultValue = UniformMixture.NAME,
      description =
          "uniform: every sample has --active features, chosen uniformly (the default); or"
              + " synthsaebench: SynthSAEBench's features, with Zipfian frequencies, a hierarchy,"
              + " correlations and a bias.")
  String recipe;

  @Option(
      names = "--features",
      paramLabel = "N",
      description = "The number of features (default: 512; synthsaebench: 16384).")
  Integer features;

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description = "The dimension of a sample (default: 128; synthsaebench: 768).")
  Integer inputs;

  @Option(
      names = "--active",
      paramLabel = "N",
      description =
          "The number of active features in each sample of the recipe uniform (default: 10).")
  Integer active;

  @Option(
      names = "--seed",
      required = true,
      paramLabel = "N",
      description = "The random seed of features and samples.")
  long seed;

  @Option(
      names = "--first",
      paramLabel = "N",
      defaultValue = "0",
      description = "The number of the first sample (default: 0).")
  long first;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    requireFrom("--samples", samples, 1);
    requireFrom("--features", features, 1);
    requireFrom("--inputs", inputs, 1);
    requireFrom("--active", active, 1);
    if (first < 0) {
      throw wrong("--first is %d, and has to be at least 0".formatted(first));
    }
    SyntheticFiles.Summary written;
    try (StageDisplay display = new StageDisplay(screen.get());
        ForkJoinPool pool = new ForkJoinPool(compute.threads())) {
      SyntheticFeatures made = features(display);
      written = pool.submit(() -> SyntheticFiles.write(made, first, samples, out, display)).join();
    }
    if (json) {
      JsonOutput.print(document(written));
    } else {
      print(written);
    }
    return ExitCode.OK;
  }

  private void requireFrom(String option, Integer value, int least) {
    if (value != null && value < least) {
      throw wrong("%s is %d, and has to be at least %d".formatted(option, value, least));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private SyntheticFeatures features(StageDisplay display) {
    return switch (recipe) {
      case UniformMixture.NAME ->
          new UniformMixture(
              or(features, FEATURES), or(inputs, INPUTS), or(active, ACTIVE), Seed.of(seed));
      case SynthSaeBench.NAME -> {
        if (active != null) {
          throw wrong("--active is for uniform: the frequencies of synthsaebench say how many");
        }
        AtomicInteger done = new AtomicInteger();
        try (Backend backend = compute.open()) {
          yield new SynthSaeBench(
              or(features, SynthSaeBench.FEATURES),
              or(inputs, SynthSaeBench.INPUTS),
              Seed.of(seed),
              backend,
              () ->
                  display.progressed(
                      "pushing features apart", done.incrementAndGet(), SynthSaeBench.steps()));
        }
      }
      default ->
          throw new WtaException(
              "there is no recipe '%s'".formatted(recipe),
              "give %s or %s".formatted(UniformMixture.NAME, SynthSaeBench.NAME));
    };
  }

  private static int or(Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }

  private static Map<String, Object> document(SyntheticFiles.Summary written) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("out", written.data().toString());
    document.put("activations", written.activations().toString());
    document.put("dictionary", written.dictionary().toString());
    document.put("samples", written.samples());
    document.put("trueL0", written.trueL0());
    return document;
  }

  private static void print(SyntheticFiles.Summary written) {
    Output.writer()
        .printf(
            "%s: %s, %.1f active features each%n",
            written.data(), Counted.of(written.samples(), "sample"), written.trueL0());
    Output.writer().printf("    true activations in %s%n", written.activations().getFileName());
    Output.writer().printf("    features in %s%n", written.dictionary());
  }
}

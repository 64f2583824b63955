package dev.wta.cli.command;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.option.WritesInto;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.models.exchange.ExportFormat;
import dev.wta.models.exchange.model.ExportedSae;
import dev.wta.models.io.TensorType;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta export}: a run's model in the files of another tool. */
@Command(
    name = "export",
    description = {
      "Writes a run's sparse autoencoder in another tool's format.",
      "",
      "The pre-processing steps scale, center, mean-norm and zca are folded into the weights."
    },
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta export runs/first --format saelens --out first-sae"})
public final class ExportCommand implements Callable<Integer>, WritesInto {
  private static final Set<TensorType> TYPES =
      Set.of(TensorType.F32, TensorType.F16, TensorType.BF16);

  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "NAME",
      description = "saelens, sparsify, dictionary-learning or sentence-transformers.")
  String format;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder to write into.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "float32",
      description = "The weights' type: float32, float16 or bfloat16 (default: ${DEFAULT-VALUE}).")
  String dtype;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public List<String> fileNames() {
    return ExportFormat.named(format).fileNames();
  }

  @Override
  public Integer call() {
    ExportFormat chosen = ExportFormat.named(format);
    TensorType type =
        TensorType.titled(dtype)
            .filter(TYPES::contains)
            .orElseThrow(
                () ->
                    new WtaException(
                        "models are not exported in '%s'".formatted(dtype),
                        "give float32, float16 or bfloat16"));
    RunDirectory opened = run.open();
    ExportedSae exported;
    try (Backend backend = compute.open();
        StageDisplay display = new StageDisplay(screen.get())) {
      exported = chosen.write(opened, backend, out, type, display);
    }
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("out", out.toString());
      document.put("format", format);
      document.put("architecture", exported.architecture());
      document.put("dtype", type.title());
      document.put("notes", exported.notes());
      JsonOutput.print(document);
    } else {
      Output.writer()
          .printf(
              "%s: %s of %s, from a %s%n",
              out, exported.architecture(), chosen.tool(), opened.config().family());
      exported.notes().forEach(note -> Output.writer().printf("note: %s%n", note));
    }
    return ExitCode.OK;
  }
}

package dev.wta.cli.importing;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.models.exchange.SaeFormat;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.run.RunWriter;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wta import sae}: sparse autoencoders that other tools trained. */
@Command(
    name = "sae",
    description = {
      "Converts a sparse autoencoder or transcoder of another tool to a run.",
      "",
      "It reads the formats of SAELens, sparsify, dictionary_learning, Gemma Scope, Llama Scope,"
          + " Llamascopium, OpenAI and sentence-transformers. The run encodes as the tool does;"
          + " 'wta train --from' fine-tunes it."
    },
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta import sae gpt2-small-res-jb/blocks.8.hook_resid_pre --out runs/gpt2",
      "  wta import sae sae-pythia/layers.3 --format sparsify --out runs/pythia"
    })
public final class ImportSaeCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PATH",
      description = "The model's folder, or its file if it is a single .pt or .npz.")
  Path source;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "RUN",
      description = "The folder to write the run to; it may not hold one.")
  Path out;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "The format, such as saelens (default: recognised by the files).")
  String format;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    RunWriter.requireNoRun(out); // before the work of reading
    SaeFormat chosen = format == null ? SaeFormat.recognise(source) : named();
    ImportedSae sae;
    try (StageDisplay display = new StageDisplay(screen.get())) {
      sae = chosen.read(source, display);
      try (Backend backend = compute.open()) {
        sae.write(out, backend, display);
      }
    }
    if (json) {
      JsonOutput.print(toJson(sae));
    } else {
      Output.writer()
          .printf(
              "%s: %s of %,d inputs and %,d latents, from %s (%s)%n",
              out,
              sae.family(),
              sae.inputs(),
              sae.latents(),
              chosen.title(),
              sae.source().get("architecture"));
      sae.notes().forEach(note -> Output.writer().printf("note: %s%n", note));
      Output.writer()
          .printf(
              "It holds no optimiser's state: wta train --from %s begins with a fresh one.%n", out);
    }
    return ExitCode.OK;
  }

  private SaeFormat named() {
    return Arrays.stream(SaeFormat.values())
        .filter(known -> known.title().equals(format))
        .findFirst()
        .orElseThrow(
            () ->
                new WtaException(
                    "there is no format '%s'".formatted(format),
                    "give one of " + SaeFormat.titles()));
  }

  private Map<String, Object> toJson(ImportedSae sae) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("out", out.toString());
    json.put("family", sae.family());
    json.put("inputs", sae.inputs());
    json.put("latents", sae.latents());
    json.put("source", sae.source());
    json.put("notes", sae.notes());
    return json;
  }
}

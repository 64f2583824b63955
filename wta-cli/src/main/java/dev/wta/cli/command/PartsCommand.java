package dev.wta.cli.command;

import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.option.WritesInto;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.eval.PartsPictures;
import dev.wta.models.drsae.Drsae;
import dev.wta.models.drsae.UnitAngles;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta parts}: the part-units and categorical-units of a DrSAE. */
@Command(
    name = "parts",
    description = {
      "Separates the part-units of a drsae run from its categorical-units, and plots both.",
      "",
      "A part-unit's encoder and decoder are alike, with an angle below 0.5 rad between them: the"
          + " input activates it. A categorical-unit's differ by more than 0.7 rad: other units"
          + " activate it."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta parts --run runs/drsae --data test.arrow --out parts"})
public final class PartsCommand implements Callable<Integer>, WritesInto {
  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The samples to reconstruct.")
  Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "The folder for the pictures: recurrent.svg, classifier.svg, units.png, encoders.png,"
              + " recurrence.svg, code.svg, iterations.png, progressive.png.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document, with each unit's numbers.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    RunDirectory opened = run.open();
    PartsPictures.requireParts(opened);
    UnitAngles angles;
    try (Dataset samples = DatasetFile.open(data);
        Backend backend = compute.open();
        Drsae model = (Drsae) opened.loadModel(backend);
        StageDisplay display = new StageDisplay(screen.get())) {
      angles = PartsPictures.of(model, samples, display).write(out);
    }
    if (json) {
      JsonOutput.print(toJson(angles));
    } else {
      print(angles);
    }
    return ExitCode.OK;
  }

  @Override
  public List<String> fileNames() {
    return PartsPictures.PICTURES;
  }

  private void print(UnitAngles angles) {
    PrintWriter writer = Output.writer();
    writer.printf("%-18s  %5s  %7s  %12s  %11s%n", "", "units", "angle", "S - I, row", "C, column");
    for (UnitAngles.Kind kind : UnitAngles.Kind.values()) {
      List<UnitAngles.Unit> units = angles.of(kind);
      writer.printf("%-18s  %,5d", kind.text(), units.size());
      if (!units.isEmpty()) {
        writer.printf(
            "  %7.3f  %12.3f  %11.3f",
            mean(units, UnitAngles.Unit::angle),
            mean(units, UnitAngles.Unit::recurrent),
            mean(units, UnitAngles.Unit::classifier));
      }
      writer.println();
    }
    writer.printf("means over the units; the pictures are in %s%n", out);
  }

  private static double mean(
      List<UnitAngles.Unit> units, ToDoubleFunction<UnitAngles.Unit> number) {
    return units.stream().mapToDouble(number).average().orElseThrow();
  }

  private Map<String, Object> toJson(UnitAngles angles) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("run", run.toString());
    document.put("out", out.toString());
    document.put("partUnits", angles.of(UnitAngles.Kind.PART).size());
    document.put("between", angles.of(UnitAngles.Kind.BETWEEN).size());
    document.put("categoricalUnits", angles.of(UnitAngles.Kind.CATEGORICAL).size());
    document.put("units", angles.units().stream().map(PartsCommand::toMap).toList());
    return document;
  }

  private static Map<String, Object> toMap(UnitAngles.Unit unit) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("unit", unit.index());
    map.put("angle", unit.angle());
    map.put("recurrentNorm", unit.recurrent());
    map.put("classifierNorm", unit.classifier());
    return map;
  }
}

package dev.wta.cli.command;

import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backends;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wta backends}: what was found, what can run here, and why not. */
@Command(
    name = "backends",
    description = "Lists the backends: what was found, what can run here, and why not.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta backends", "  wta backends --json"})
public final class BackendsCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() {
    List<Backends.Found> found = Backends.probeAll();
    if (json) {
      JsonOutput.print(Map.of("backends", found.stream().map(BackendsCommand::toJson).toList()));
    } else {
      print(found);
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> toJson(Backends.Found backend) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", backend.name());
    switch (backend.probe()) {
      case Availability.Usable(int score, String device) -> {
        json.put("usable", true);
        json.put("score", score);
        json.put("device", device);
        json.put("reason", null);
        json.put("remedy", null);
      }
      case Availability.Unusable(String reason, String remedy) -> {
        json.put("usable", false);
        json.put("score", 0);
        json.put("device", null);
        json.put("reason", reason);
        json.put("remedy", remedy);
      }
    }
    return json;
  }

  private static void print(List<Backends.Found> found) {
    PrintWriter out = Output.writer();
    if (found.isEmpty()) {
      out.println("No backend is on the class path; add one, such as wta-backend-cpu.");
    }
    boolean first = true;
    for (Backends.Found backend : found) {
      switch (backend.probe()) {
        case Availability.Usable(int score, String device) ->
            out.printf(
                "%-12s score %4d   %s%s%n",
                backend.name(), score, device, first ? "   (the automatic choice)" : "");
        case Availability.Unusable(String reason, String remedy) -> {
          out.printf("%-12s not here      %s%n", backend.name(), reason);
          out.printf("%-12s               remedy: %s%n", "", remedy);
        }
      }
      first = false;
    }
  }
}

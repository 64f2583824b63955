package dev.wta.cli.demo;

import dev.wta.cli.output.Output;
import dev.wta.eval.ProbeReport;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints the demo's errors, where its pictures are, and what to do with data of one's own. */
final class DemoSummary {
  private DemoSummary() {}

  static void print(Demo.Summary demo) {
    PrintWriter out = Output.writer();
    row("linear SVM on raw pixels", demo.raw());
    row("linear SVM on fc-wta features", demo.fullyConnected().probe());
    row("linear SVM on conv-wta features", demo.convolutional().probe());
    out.println();
    out.printf("%s%n    what the units of fc-wta have learnt%n", demo.fullyConnected().filters());
    out.printf("%s%n    what those of conv-wta have learnt%n", demo.convolutional().filters());
    out.printf(
        "%s%n    held-out digits above what the model makes of them%n", demo.reconstructions());
    out.printf("%s%n    all of it, on a page to open in a browser%n", demo.report());
    out.println();
    out.println("Digits: E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0.");
    out.println();
    out.println("With data of your own, MNIST's files for example:");
    out.println("  wta import idx --images IMAGES --labels LABELS --out train.arrow");
    out.println("  wta train --model fc-wta --data train.arrow --out runs/mine");
    out.println("  wta probe --run runs/mine --train train.arrow --test test.arrow");
  }

  private static void row(String name, ProbeReport report) {
    Output.writer()
        .println(
            String.format(
                "%-31s  test error %5.2f %% ± %.2f %%",
                name, 100 * report.result().testError(), 100 * report.standardError()));
  }

  static Map<String, Object> toJson(Demo.Summary demo) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("raw", demo.raw().toMap());
    json.putAll(toJson(demo.fullyConnected()));
    json.put("reconstructions", demo.reconstructions().toString());
    json.put("report", demo.report().toString());
    json.put("convolutional", toJson(demo.convolutional()));
    return json;
  }

  private static Map<String, Object> toJson(Demo.Learnt model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", model.run().toString());
    json.put("filters", model.filters().toString());
    json.put("learnt", model.probe().toMap());
    json.put("seconds", model.seconds());
    return json;
  }
}

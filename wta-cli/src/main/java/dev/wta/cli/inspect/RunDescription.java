package dev.wta.cli.inspect;

import dev.wta.api.tensor.Shape;
import dev.wta.eval.report.RunFigures;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.run.Origin;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a run is. */
final class RunDescription {
  private RunDescription() {}

  static Description of(RunDirectory run) {
    RunConfig config = run.config();
    Optional<ModelFamily> family = ModelFamilies.find(config.family());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("family", config.family());
    family.ifPresent(known -> facts.put("summary", known.summary()));
    facts.put("sample", config.sample().toString());
    facts.put("progress", progress(run));
    facts.put("parameters", parameters(run));
    facts.put("figures", RunFigures.of(run));
    facts.put("probes", run.probes().size());
    facts.put("model", config.model());
    facts.put("training", config.training());
    facts.put("preprocessing", config.preprocessing());
    facts.put("data", config.data());
    if (!config.target().isEmpty()) {
      facts.put("target", config.target());
    }
    config.from().map(Origin::run).ifPresent(from -> facts.put("from", from));
    facts.put("backend", config.backend());
    facts.put("versions", config.versions());
    return new Description("run", facts, use(run, family));
  }

  private static Map<String, Object> progress(RunDirectory run) {
    Map<String, Object> progress = new LinkedHashMap<>();
    TrainingState state = run.state().orElse(TrainingState.START);
    progress.put("checkpoint", run.state().isPresent());
    progress.put("step", state.step());
    progress.put("epoch", state.epoch());
    if (run.config().training().get("epochs") instanceof Number epochs) {
      progress.put("epochs", epochs);
    }
    if (!run.layers().isEmpty()) {
      progress.put("layersBegun", run.layers().size());
    }
    return progress;
  }

  /** The tensors of the last checkpoint: of a stack, those of all layers that have one. */
  private static Map<String, Object> parameters(RunDirectory run) {
    List<RunDirectory> layers = run.layers();
    Map<String, Object> shapes = new LinkedHashMap<>();
    long numbers = 0;
    for (int i = 0; i < Math.max(1, layers.size()); i++) {
      String prefix = layers.isEmpty() ? "" : "layers.%d.".formatted(i + 1);
      for (Map.Entry<String, Shape> entry :
          (layers.isEmpty() ? run : layers.get(i)).parameterShapes().entrySet()) {
        numbers += entry.getValue().size();
        shapes.put(prefix + entry.getKey(), entry.getValue().toString());
      }
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("numbers", numbers);
    parameters.put("bytes", numbers * Float.BYTES);
    parameters.put("shapes", shapes);
    return parameters;
  }

  private static List<String> use(RunDirectory run, Optional<ModelFamily> family) {
    List<String> use = new ArrayList<>();
    Object path = run.path();
    Object data = run.config().data().get("name");
    if (run.state().isEmpty()) {
      use.add("wta train --data %s --out %s --resume".formatted(data, path));
      return use;
    }
    use.add("wta encode --run %s --data FILE --out features.arrow".formatted(path));
    if (family.map(ModelFamily::classifies).orElse(false)) {
      use.add("wta predict --run %s --data FILE".formatted(path));
    }
    use.add("wta probe --run %s --train FILE --test FILE".formatted(path));
    use.add("wta report --run %s --out report".formatted(path));
    if (family.map(known -> !known.trainsByLayer()).orElse(false)) {
      use.add("wta train --from %s --data FILE --out RUN".formatted(path));
    }
    return use;
  }
}

package dev.wta.models.run;

import static java.util.Map.entry;

import dev.wta.models.io.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The differences between the configurations of two runs: a line per key, none if they agree. */
final class RunDifferences {
  private static final String EPOCHS = "epochs";

  /** Training settings that do not influence the parameters. */
  private static final Set<String> MAY_DIFFER =
      Set.of("checkpoint-every", "log-every", "keep-preprocessed", "keep-features");

  /** Training settings that do not influence the steps already done. */
  private static final Set<String> MAY_CHANGE =
      Stream.concat(MAY_DIFFER.stream(), Stream.of(EPOCHS, "steps"))
          .collect(Collectors.toUnmodifiableSet());

  /** The values that runs of earlier versions had of settings which they do not name. */
  private static final Map<String, Object> EARLIER =
      Map.ofEntries(
          entry("average", 0.0),
          entry("clip", 0.0),
          entry("held-out", 0),
          entry("patience", 50),
          entry("order-seed", "none"),
          entry("precision", "float32"),
          entry("steps", 0),
          entry("k-start", 0),
          entry("k-steps", 10_000),
          entry("features", "last"));

  private final List<String> found = new ArrayList<>();

  private RunDifferences() {}

  /** The differences for which {@code run} cannot be resumed with the configuration {@code now}. */
  static List<String> forResuming(RunConfig run, RunConfig now) {
    RunDifferences differences = new RunDifferences();
    differences.compare("model", run.family(), now.family());
    differences.compare("the samples' shape", run.sample().toString(), now.sample().toString());
    differences.compareSections(run.model(), now.model(), MAY_CHANGE);
    differences.compareSections(run.training(), now.training(), MAY_CHANGE);
    differences.compare("preprocessing", run.preprocessing(), now.preprocessing());
    differences.compare("what it began from", origin(run.from()), origin(now.from()));
    differences.compare("the data's digest", run.data().get("digest"), now.data().get("digest"));
    differences.compare("the validation data", validation(run.data()), validation(now.data()));
    differences.compare(
        "the validation's target", validation(run.target()), validation(now.target()));
    differences.compare(
        "the target's digest", run.target().get("digest"), now.target().get("digest"));
    differences.compare(
        "the target's preprocessing",
        run.target().get(RunConfig.PREPROCESSING),
        now.target().get(RunConfig.PREPROCESSING));
    return differences.found;
  }

  /** See {@link RunConfig#differences}. */
  static List<String> ofSettings(
      RunConfig run, String family, Map<String, Object> model, Map<String, Object> training) {
    RunDifferences differences = new RunDifferences();
    differences.compare("model", run.family(), family);
    differences.compareSections(run.model(), model, MAY_DIFFER);
    differences.compareSections(run.training(), training, MAY_DIFFER);
    return differences.found;
  }

  private static Map<String, Object> origin(Optional<Origin> from) {
    return from.map(Origin::toMap).orElse(Map.of());
  }

  private static Object validation(Map<String, Object> described) {
    return described.get(RunConfig.VALIDATION) instanceof Map<?, ?> map ? map.get("digest") : null;
  }

  private void compareSections(
      Map<String, Object> before, Map<String, Object> now, Set<String> mayChange) {
    Map<String, Object> earlier = RunConfig.flat(before);
    Map<String, Object> later = RunConfig.flat(now);
    Map<String, Object> all = new LinkedHashMap<>(earlier);
    later.forEach(all::putIfAbsent);
    for (String key : all.keySet()) {
      String name = key.substring(key.lastIndexOf('.') + 1);
      if (!earlier.containsKey(key) && Json.same(EARLIER.get(name), later.get(key))) {
        continue;
      }
      if (!mayChange.contains(name)) {
        compare("'" + key + "'", earlier.get(key), later.get(key));
      } else if (name.equals(EPOCHS)
          && earlier.get(key) instanceof Number had
          && later.get(key) instanceof Number wanted
          && wanted.intValue() < had.intValue()) {
        found.add("'%s' is %s in the run, and cannot be lowered to %s".formatted(key, had, wanted));
      }
    }
  }

  private void compare(String what, Object before, Object now) {
    if (!Json.same(before, now)) {
      found.add("%s is %s in the run, and %s here".formatted(what, before, now));
    }
  }
}

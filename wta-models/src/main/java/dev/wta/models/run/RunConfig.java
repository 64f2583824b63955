package dev.wta.models.run;

import static java.util.Map.entry;

import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamilies;
import dev.wta.models.io.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole configuration of a run, with where it came from: {@code config.json}.
 *
 * @param family the model's family
 * @param sample the shape of one sample
 * @param model the model's settings
 * @param training the training settings, the seed among them
 * @param preprocessing what samples go through before the model sees them
 * @param data the training data: {@code name, samples, shape, digest}, the shape being that of its
 *     pictures where {@code sample} is that of patches; with {@code validation}, the same of
 *     samples that were given to choose the best epoch by
 * @param target what a transcoder is trained to make of the data, described as they are, with
 *     {@code preprocessing}, what it goes through; empty for other models
 * @param backend what it is trained on: {@code name, device, arithmetic}, and, where a run went on
 *     with other arithmetic than before, {@code before}: a list of what it was trained on up to
 *     which {@code step}
 * @param versions of what trains it: {@code wta, java}
 * @param from where its first parameters are from, if they are another run's
 */
public record RunConfig(
    String family,
    Shape sample,
    Map<String, Object> model,
    Map<String, Object> training,
    Map<String, Object> preprocessing,
    Map<String, Object> data,
    Map<String, Object> target,
    Map<String, Object> backend,
    Map<String, Object> versions,
    Optional<Origin> from) {
  static final int SCHEMA = 1;
  static final String FROM = "from";

  /** What settings of today stood for in runs that were kept before there were these. */
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

  /** What stands for the digest of samples that were read once, as they arrived. */
  public static final String STREAM_DIGEST = "stream: read once, cannot be resumed from";

  private static final String STREAM = "stream";
  private static final String TARGET = "target";
  private static final String PREPROCESSING = "preprocessing";
  private static final String EPOCHS = "epochs";
  private static final String NAME = "name";
  private static final String ARITHMETIC = "arithmetic";
  private static final String BEFORE = "before";
  private static final String VALIDATION = "validation";

  /**
   * The configuration of a run that trains {@code model} on {@code data}.
   *
   * @param backend what steps are computed by
   * @param digest of the data
   * @param training the settings, as they are kept
   * @param fitted what samples go through
   * @param target what a transcoder is to make of them, described; empty for none
   * @param from what its parameters began as, if another run's
   */
  public static RunConfig of(
      FeatureExtractor model,
      Backend backend,
      Dataset data,
      String digest,
      Map<String, Object> training,
      Preprocessing fitted,
      Map<String, Object> target,
      Optional<Origin> from) {
    return new RunConfig(
        model.family(),
        model.sampleShape(),
        model.settings().toMap(),
        training,
        fitted.describe(),
        describe(data, digest),
        target,
        describe(backend),
        runningVersions(),
        from);
  }

  /**
   * This configuration with the samples that the best epoch is chosen by, described beside the
   * data: {@code data.validation} and {@code target.validation}.
   */
  public RunConfig validatedBy(Optional<Dataset> samples, Optional<Dataset> targets) {
    return new RunConfig(
        family,
        sample,
        model,
        training,
        preprocessing,
        withValidation(data, samples),
        withValidation(target, targets),
        backend,
        versions,
        from);
  }

  /** This configuration of a run on a stream: how many samples it has, nobody knows. */
  public RunConfig ofStream() {
    Map<String, Object> streamed = new LinkedHashMap<>(data);
    streamed.remove("samples");
    streamed.put(STREAM, true);
    return new RunConfig(
        family, sample, model, training, preprocessing, streamed, target, backend, versions, from);
  }

  /** Whether the run was trained on samples that were read once. */
  public boolean streamed() {
    return Boolean.TRUE.equals(data.get(STREAM));
  }

  private static Map<String, Object> withValidation(
      Map<String, Object> described, Optional<Dataset> validation) {
    Map<String, Object> map = new LinkedHashMap<>(described);
    validation.ifPresent(given -> map.put(VALIDATION, describe(given, given.digest())));
    return map;
  }

  /** A data set as {@code config.json} has it: its name, size, shape and digest. */
  public static Map<String, Object> describe(Dataset data, String digest) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", data.name());
    map.put("samples", data.size());
    map.put("shape", data.sampleShape().extents());
    map.put("digest", digest);
    return map;
  }

  /** Training settings that show in no step. */
  private static final Set<String> MAY_DIFFER =
      Set.of("checkpoint-every", "log-every", "keep-preprocessed", "keep-features");

  /**
   * Training settings that may change when a run goes on: they leave the steps already done as they
   * were.
   */
  private static final Set<String> MAY_CHANGE =
      Stream.concat(MAY_DIFFER.stream(), Stream.of(EPOCHS, "steps"))
          .collect(Collectors.toUnmodifiableSet());

  /**
   * What a transcoder's targets go through, by its description; empty for other models.
   *
   * @throws WtaException if the configuration lacks it
   */
  public Map<String, Object> targetPreprocessing() {
    return target.isEmpty() ? Map.of() : section(target, PREPROCESSING, "the target");
  }

  /** The versions of what is running. */
  public static Map<String, Object> runningVersions() {
    return Map.of("wta", WtaVersion.current(), "java", Runtime.version().toString());
  }

  /** A backend as {@code config.json} has it. */
  public static Map<String, Object> describe(Backend backend) {
    return Map.of(
        NAME, backend.name(), "device", backend.device(), ARITHMETIC, backend.arithmetic());
  }

  /**
   * This configuration, of a run that goes on, with what it was trained on before.
   *
   * @param earlier the run's configuration so far
   * @param step how many steps it has done
   */
  RunConfig continuing(RunConfig earlier, long step) {
    List<Object> before = new ArrayList<>();
    if (earlier.backend.get(BEFORE) instanceof List<?> list) {
      before.addAll(list);
    }
    if (changesBits(earlier)) {
      Map<String, Object> until = new LinkedHashMap<>(earlier.backend);
      until.remove(BEFORE);
      until.put("step", step);
      before.add(until);
    }
    if (before.isEmpty()) {
      return this;
    }
    Map<String, Object> described = new LinkedHashMap<>(backend);
    described.put(BEFORE, before);
    return new RunConfig(
        family, sample, model, training, preprocessing, data, target, described, versions, from);
  }

  /** Whether this configuration's backend has other bits than that of {@code earlier}. */
  private boolean changesBits(RunConfig earlier) {
    Object arithmetic = earlier.backend.get(ARITHMETIC); // runs of earlier versions do not say
    return !Objects.equals(earlier.backend.get(NAME), backend.get(NAME))
        || arithmetic != null && !arithmetic.equals(backend.get(ARITHMETIC));
  }

  /** What is to be known of a run that goes on with this configuration; empty if nothing is. */
  Optional<String> noteAfter(RunConfig earlier) {
    return changesBits(earlier)
        ? Optional.of(
            "the bits will differ from a run never stopped: it was trained on %s, and goes on with %s"
                .formatted(computed(earlier), computed(this)))
        : Optional.empty();
  }

  private static String computed(RunConfig config) {
    Object how = config.backend.getOrDefault(ARITHMETIC, config.backend.get("device"));
    return "backend %s (%s)".formatted(config.backend.get(NAME), how);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("schema", SCHEMA);
    map.put("family", family);
    map.put("sample", sample.extents());
    map.put("model", model);
    map.put("training", training);
    map.put(PREPROCESSING, preprocessing);
    map.put("data", data);
    if (!target.isEmpty()) {
      map.put(TARGET, target);
    }
    map.put("backend", backend);
    map.put("versions", versions);
    from.ifPresent(origin -> map.put(FROM, origin.toMap()));
    return map;
  }

  /** Reads what {@link #toMap} wrote; {@code where} is for messages. */
  static RunConfig of(Map<String, Object> map, Object where) {
    if (!Integer.valueOf(SCHEMA).equals(map.get("schema"))) {
      throw new WtaException(
          "%s has schema %s, and this version reads %d".formatted(where, map.get("schema"), SCHEMA),
          "use the version of wta that wrote it");
    }
    if (!(map.get("family") instanceof String family)
        || !(map.get("sample") instanceof List<?> extents)) {
      throw damaged(where, "family or sample");
    }
    int[] sample = new int[extents.size()];
    for (int i = 0; i < sample.length; i++) {
      if (!(extents.get(i) instanceof Integer extent) || extent < 1) {
        throw damaged(where, "sample");
      }
      sample[i] = extent;
    }
    Map<String, Object> model = withEarlier(family, section(map, "model", where));
    return new RunConfig(
        family,
        Shape.of(sample),
        model,
        section(map, "training", where),
        section(map, PREPROCESSING, where),
        section(map, "data", where),
        map.containsKey(TARGET) ? section(map, TARGET, where) : Map.of(),
        section(map, "backend", where),
        section(map, "versions", where),
        map.containsKey(FROM)
            ? Optional.of(Origin.of(section(map, FROM, where), where))
            : Optional.empty());
  }

  /** A model's settings with what it left out in the days before them; so for each layer of it. */
  private static Map<String, Object> withEarlier(String family, Map<String, Object> saved) {
    Map<String, Object> model = new LinkedHashMap<>(saved);
    ModelFamilies.find(family)
        .ifPresent(known -> known.earlierSettings().forEach(model::putIfAbsent));
    model.replaceAll(
        (key, value) ->
            value instanceof List<?> layers
                ? layers.stream().map(RunConfig::layerWithEarlier).toList()
                : value);
    return model;
  }

  private static Object layerWithEarlier(Object element) {
    if (!(element instanceof Map<?, ?> layer) || !(layer.get("model") instanceof String family)) {
      return element;
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    layer.forEach((key, value) -> settings.put((String) key, value));
    return withEarlier(family, settings);
  }

  static Map<String, Object> section(Map<String, Object> map, String name, Object where) {
    if (!(map.get(name) instanceof Map<?, ?> section)) {
      throw damaged(where, name);
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    section.forEach((key, value) -> copy.put((String) key, value));
    return copy;
  }

  static WtaException damaged(Object where, String what) {
    return new WtaException(
        "%s is damaged: it has no proper '%s'".formatted(where, what),
        "restore it from a copy, or start another run");
  }

  /**
   * What keeps a run of this configuration from going on with another: one line a key. Empty if it
   * can.
   *
   * @param now the configuration to go on with
   */
  List<String> differences(RunConfig now) {
    List<String> found = new ArrayList<>();
    compare("model", family, now.family, found);
    compare("the samples' shape", sample.toString(), now.sample.toString(), found);
    compareSections(model, now.model, MAY_CHANGE, found);
    compareSections(training, now.training, MAY_CHANGE, found);
    compare("preprocessing", preprocessing, now.preprocessing, found);
    compare("what it began from", origin(this), origin(now), found);
    compare("the data's digest", data.get("digest"), now.data.get("digest"), found);
    compare("the validation data", validation(data), validation(now.data), found);
    compare("the validation's target", validation(target), validation(now.target), found);
    compare("the target's digest", target.get("digest"), now.target.get("digest"), found);
    compare(
        "the target's preprocessing",
        target.get(PREPROCESSING),
        now.target.get(PREPROCESSING),
        found);
    return found;
  }

  /**
   * What of these settings the run was not begun with: one line a key. Unlike a run that goes on,
   * one of other epochs is another one: its learning rate fell differently.
   *
   * @param ofModel the model's settings
   * @param ofTraining the training settings, the seed among them
   */
  public List<String> differences(
      String family, Map<String, Object> ofModel, Map<String, Object> ofTraining) {
    List<String> found = new ArrayList<>();
    compare("model", this.family, family, found);
    compareSections(model, ofModel, MAY_DIFFER, found);
    compareSections(training, ofTraining, MAY_DIFFER, found);
    return found;
  }

  private static Object validation(Map<String, Object> described) {
    return described.get(VALIDATION) instanceof Map<?, ?> map ? map.get("digest") : null;
  }

  private static Map<String, Object> origin(RunConfig config) {
    return config.from.map(Origin::toMap).orElse(Map.of());
  }

  private static void compareSections(
      Map<String, Object> before,
      Map<String, Object> now,
      Set<String> mayChange,
      List<String> found) {
    Map<String, Object> earlier = flat(before);
    Map<String, Object> later = flat(now);
    Map<String, Object> all = new LinkedHashMap<>(earlier);
    later.forEach(all::putIfAbsent);
    for (String key : all.keySet()) {
      String name = key.substring(key.lastIndexOf('.') + 1);
      boolean asEarlier = !earlier.containsKey(key) && Json.same(EARLIER.get(name), later.get(key));
      if (asEarlier) {
        continue;
      }
      if (!mayChange.contains(name)) {
        compare("'" + key + "'", earlier.get(key), later.get(key), found);
      } else if (name.equals(EPOCHS)
          && earlier.get(key) instanceof Number had
          && later.get(key) instanceof Number wanted
          && wanted.intValue() < had.intValue()) {
        found.add("'%s' is %s in the run, and cannot be lowered to %s".formatted(key, had, wanted));
      }
    }
  }

  /**
   * All of it, a value a key: {@code family}, {@code model.hidden}, {@code model.layers.1.epochs},
   * {@code data.name}.
   */
  public Map<String, Object> flat() {
    Map<String, Object> flat = new LinkedHashMap<>();
    toMap()
        .forEach(
            (name, value) -> {
              if (value instanceof Map<?, ?>) {
                flat(section(toMap(), name, name))
                    .forEach((key, part) -> flat.put(name + "." + key, part));
              } else {
                flat.put(name, value);
              }
            });
    return flat;
  }

  /** The settings of a list's elements by keys of their own: {@code layers.1.epochs}. */
  private static Map<String, Object> flat(Map<String, Object> section) {
    Map<String, Object> flat = new LinkedHashMap<>();
    section.forEach(
        (key, value) -> {
          if (value instanceof List<?> list
              && !list.isEmpty()
              && list.stream().allMatch(Map.class::isInstance)) {
            for (int i = 0; i < list.size(); i++) {
              String prefix = "%s.%d.".formatted(key, i + 1);
              ((Map<?, ?>) list.get(i)).forEach((name, part) -> flat.put(prefix + name, part));
            }
          } else {
            flat.put(key, value);
          }
        });
    return flat;
  }

  private static void compare(String what, Object before, Object now, List<String> found) {
    if (!Json.same(before, now)) {
      found.add("%s is %s in the run, and %s here".formatted(what, before, now));
    }
  }
}

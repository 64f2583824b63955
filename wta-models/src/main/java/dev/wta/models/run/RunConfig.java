package dev.wta.models.run;

import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamilies;
import dev.wta.models.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The configuration and provenance of a run: the contents of {@code config.json}.
 *
 * @param family the name of the model's family
 * @param sample the shape of one sample
 * @param model the model's settings
 * @param training the training settings, the seed among them
 * @param preprocessing the description of the samples' pre-processing
 * @param data the training data: {@code name, samples, shape, digest}; if the model is trained on
 *     patches, the shape of the whole images. {@code validation}, if present, describes separate
 *     validation data in the same way
 * @param target a transcoder's targets, described like {@code data}, and their {@code
 *     preprocessing}; empty for other models
 * @param backend the backend: {@code name, device, arithmetic}. If the run was resumed with another
 *     arithmetic, {@code before} lists the earlier backends, each with the last {@code step}
 * @param versions the versions it is trained with: {@code wta, java}
 * @param from the run whose parameters it started from, if any
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

  /** The digest of training data that is streamed, which is read once and cannot be read again. */
  public static final String STREAM_DIGEST = "stream: read once, cannot be resumed from";

  private static final String STREAM = "stream";
  private static final String TARGET = "target";
  static final String PREPROCESSING = "preprocessing";
  private static final String NAME = "name";
  private static final String ARITHMETIC = "arithmetic";
  private static final String BEFORE = "before";
  static final String VALIDATION = "validation";

  /**
   * The configuration of a run that trains {@code model} on {@code data}.
   *
   * @param backend the backend that computes the steps
   * @param digest the digest of {@code data}
   * @param training the training settings by key
   * @param fitted the samples' pre-processing
   * @param target the description of a transcoder's targets; empty for other models
   * @param from the run whose parameters it starts from, if any
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
   * This configuration with separate validation data, described under {@code data.validation} and
   * {@code target.validation}.
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

  /** This configuration for streamed data, whose number of samples is unknown. */
  public RunConfig ofStream() {
    Map<String, Object> streamed = new LinkedHashMap<>(data);
    streamed.remove("samples");
    streamed.put(STREAM, true);
    return new RunConfig(
        family, sample, model, training, preprocessing, streamed, target, backend, versions, from);
  }

  /** Whether the run was trained on streamed data. */
  public boolean streamed() {
    return Boolean.TRUE.equals(data.get(STREAM));
  }

  private static Map<String, Object> withValidation(
      Map<String, Object> described, Optional<Dataset> validation) {
    Map<String, Object> map = new LinkedHashMap<>(described);
    validation.ifPresent(given -> map.put(VALIDATION, describe(given, given.digest())));
    return map;
  }

  /** The description of a data set: {@code name, samples, shape, digest}. */
  public static Map<String, Object> describe(Dataset data, String digest) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", data.name());
    map.put("samples", data.size());
    map.put("shape", data.sampleShape().extents());
    map.put("digest", digest);
    return map;
  }

  /** The same of a transcoder's targets, and their {@code preprocessing}. */
  public static Map<String, Object> describe(Target target, String digest) {
    Map<String, Object> map = describe(target.data(), digest);
    map.put(PREPROCESSING, target.fitted().describe());
    return map;
  }

  /**
   * The description of the pre-processing of a transcoder's targets; empty for other models.
   *
   * @throws WtaException if the configuration lacks it
   */
  public Map<String, Object> targetPreprocessing() {
    return target.isEmpty() ? Map.of() : section(target, PREPROCESSING, "the target");
  }

  /** The versions of wta and Java that are running: {@code wta, java}. */
  public static Map<String, Object> runningVersions() {
    return Map.of("wta", WtaVersion.current(), "java", Runtime.version().toString());
  }

  /** The description of a backend: {@code name, device, arithmetic}. */
  public static Map<String, Object> describe(Backend backend) {
    return Map.of(
        NAME, backend.name(), "device", backend.device(), ARITHMETIC, backend.arithmetic());
  }

  /**
   * This configuration, of a resumed run, with the backends that it was trained on before.
   *
   * @param earlier the run's configuration so far
   * @param step the number of steps done so far
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

  /** Whether this configuration's backend may compute other bits than that of {@code earlier}. */
  private boolean changesBits(RunConfig earlier) {
    Object arithmetic = earlier.backend.get(ARITHMETIC); // runs of earlier versions do not say
    return !Objects.equals(earlier.backend.get(NAME), backend.get(NAME))
        || arithmetic != null && !arithmetic.equals(backend.get(ARITHMETIC));
  }

  /** A warning for a run resumed with this configuration whose bits will change; else empty. */
  Optional<String> noteAfter(RunConfig earlier) {
    return changesBits(earlier)
        ? Optional.of(
            "the bits will differ from a run never stopped: it was trained on %s, and continues on %s"
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

  /** Adds the settings that runs of earlier versions do not name, in each layer of a stack too. */
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
   * The settings in which another run would differ from this one: a line per key, none if they
   * agree. The number of epochs counts, because the learning rate's schedule depends on it.
   *
   * @param ofModel the model's settings
   * @param ofTraining the training settings, the seed among them
   */
  public List<String> differences(
      String family, Map<String, Object> ofModel, Map<String, Object> ofTraining) {
    return RunDifferences.ofSettings(this, family, ofModel, ofTraining);
  }

  /**
   * The whole configuration as one flat map, with keys such as {@code family}, {@code
   * model.hidden}, {@code model.layers.1.epochs} and {@code data.name}.
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

  /** Flattens lists of maps, numbered from 1: {@code layers.1.epochs}. */
  static Map<String, Object> flat(Map<String, Object> section) {
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
}

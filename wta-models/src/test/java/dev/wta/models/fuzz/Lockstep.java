package dev.wta.models.fuzz;

import static org.assertj.core.api.Assertions.fail;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Classifier;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelLayer;
import dev.wta.models.Target;
import dev.wta.models.TestBackends;
import dev.wta.models.fuzz.SteppedModel.Step;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * A case on the CPU beside the reference. Before each step the reference is given all that the CPU
 * remembers, so that what is compared is one step's work: its loss, gradients, parameters and
 * moments. After it the reference is given the CPU's parameters again, and features and
 * reconstructions are compared.
 *
 * <p>A step is many operations, each within the bound that {@link Backend} promises, and it is not
 * continuous: where two activations are nearly equal, rounding decides which wins; where a gradient
 * is nearly 0, it decides which way Adam goes. So a result that is not within the bound itself is
 * compared with what the reference makes of parameters and samples that are off by that bound: it
 * has to lie within twice the spread of these.
 */
final class Lockstep {
  private static final int STEPS = 20;
  private static final int SPREAD_RUNS = 240;
  private static final double ROUNDING = 0x1p-24;
  private static final double SQUARE_OVERFLOWS = 1e18;

  private final ModelCase random;
  private final RandomChoices draws;

  Lockstep(ModelCase random) {
    this.random = random;
    this.draws = RandomChoices.of("lockstep " + random.family().name(), random.seed());
  }

  void check() {
    try (Backend cpu = TestBackends.open("cpu", 3);
        Backend reference = TestBackends.reference();
        FeatureExtractor tested = random.encoder(cpu);
        FeatureExtractor expected = random.encoder(reference)) {
      if (tested.layers().isEmpty()) {
        check((Model) tested, (Model) expected, random.data());
      } else {
        checkLayers(tested.layers(), expected.layers());
      }
    }
  }

  /** Each layer learns from the features of the CPU's layer below. */
  private void checkLayers(List<ModelLayer> tested, List<ModelLayer> expected) {
    Dataset data = random.data();
    for (int i = 0; i < tested.size(); i++) {
      Model layer = tested.get(i).model();
      check(layer, expected.get(i).model(), data);
      try (Features features = layer.encode(data)) {
        float[] values = layer.backend().memory().download(features.values());
        data = MemoryDataset.of("features", layer.featureShape(), values, random.data().labels());
      }
    }
  }

  private void check(Model tested, Model expected, Dataset data) {
    begin(tested, data);
    begin(expected, data);
    tested.preprocessWith(Preprocessing.none());
    Optimizer optimizer = optimizer(tested);
    Seed seed = Seed.of(random.seed());
    try (SteppedModel cpu = new SteppedModel(tested, optimizer, seed);
        SteppedModel reference = new SteppedModel(expected, optimizer, seed)) {
      int batch = draws.size(1, Math.min(30, data.size()));
      for (long number = 1; number <= STEPS; number++) {
        Step step = step(data, batch, optimizer.rate(), number, tested);
        Map<String, float[]> before = cpu.state();
        Map<String, float[]> learnt = cpu.learn(step);
        reference.restore(before);
        Map<String, float[]> wanted = reference.learn(step);
        if (diverges(wanted)) { // as a random rate may make it; a training ends with that
          return;
        }
        compare(step, learnt, wanted, before, reference, reference::learn);
        Map<String, float[]> after = cpu.state();
        reference.restore(after);
        compare(step, cpu.use(step), reference.use(step), after, reference, reference::use);
      }
    }
  }

  private void begin(Model model, Dataset data) {
    Preprocessing none = Preprocessing.none();
    if (model.target().isPresent()) {
      model.beginTowards(data, none, new Target(random.targets(model.target().get()), none));
    } else {
      model.begin(data, none);
    }
  }

  /**
   * An RBM's gradient is a small difference of averages: what Adam makes of one near 0 is
   * rounding's choice, so it gets the other one.
   */
  private Optimizer optimizer(Model model) {
    return draws.once(2) || model.family().equals("wta-rbm")
        ? Sgd.rate(draws.real(1e-5, 1e-3))
            .momentum(draws.oneOf(0.0, 0.9))
            .decay(draws.oneOf(0.0, 1e-3))
        : Adam.rate(draws.real(1e-4, 1e-2)).epsilon(draws.oneOf(1e-8, 1e-3));
  }

  private Step step(Dataset data, int batch, double rate, long number, Model model) {
    int from = draws.whole(0, data.size() - batch);
    Shape shape = data.sampleShape().batch(batch);
    float[] samples = new float[Math.toIntExact(shape.size())];
    data.read(from, batch, samples, 0);
    float[] labels = new float[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = data.labels()[from + i];
    }
    boolean labelled = model instanceof Classifier && number > STEPS / 2;
    return new Step(
        shape,
        samples,
        model.target().map(target -> targets(target, from, batch)),
        labelled ? Optional.of(labels) : Optional.empty(),
        rate,
        number);
  }

  private float[] targets(Shape target, int from, int count) {
    float[] values = new float[count * Math.toIntExact(target.size())];
    random.targets(target).read(from, count, values, 0);
    return values;
  }

  private static boolean diverges(Map<String, float[]> results) {
    return !Float.isFinite(results.get("loss")[0])
        || results.values().stream().anyMatch(values -> largest(values) > SQUARE_OVERFLOWS);
  }

  private void compare(
      Step step,
      Map<String, float[]> actual,
      Map<String, float[]> expected,
      Map<String, float[]> before,
      SteppedModel reference,
      Function<Step, Map<String, float[]>> work) {
    if (!actual.keySet().equals(expected.keySet())) {
      fail("step %d has %s, the reference %s", step.number(), actual.keySet(), expected.keySet());
    }
    double bound = bound(actual);
    Map<String, double[]> tolerances = new LinkedHashMap<>();
    expected.forEach(
        (name, values) -> {
          double scale = Math.max(largest(values), terms(name, actual, expected, reference, step));
          double[] room = new double[values.length];
          Arrays.fill(room, bound * scale + Float.MIN_NORMAL);
          tolerances.put(name, room);
        });
    Optional<String> wrong = firstWrong(actual, expected, tolerances);
    Random random = draws.random();
    for (int run = 0; wrong.isPresent() && run < SPREAD_RUNS; run++) {
      Map<String, float[]> moved = new LinkedHashMap<>(before);
      for (String name : reference.learnt()) {
        moved.put(name, moved(before.get(name), bound, random));
      }
      reference.restore(moved);
      widen(tolerances, expected, work.apply(step.with(moved(step.samples(), bound, random))));
      wrong = firstWrong(actual, expected, tolerances);
    }
    if (wrong.isPresent()) {
      fail("step %d: %s", step.number(), wrong.get());
    }
  }

  /**
   * Of both, since a gradient that should be 0 may have an error, and a moment has it then, too.
   */
  private static double terms(
      String name,
      Map<String, float[]> actual,
      Map<String, float[]> expected,
      SteppedModel model,
      Step step) {
    return Math.max(
        model.terms(name, actual, step.rate()), model.terms(name, expected, step.rate()));
  }

  /** The promised relative error of the longest sum that there can be in such a model. */
  private static double bound(Map<String, float[]> results) {
    int longest = results.values().stream().mapToInt(values -> values.length).max().orElse(1);
    return (16 + 4 * Math.sqrt(longest)) * ROUNDING;
  }

  static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Float.isFinite(value) ? Math.abs(value) : 0);
    }
    return largest;
  }

  private static float[] moved(float[] values, double bound, Random random) {
    float[] moved = values.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] *= (float) (1 + bound * (2 * random.nextDouble() - 1));
    }
    return moved;
  }

  private static void widen(
      Map<String, double[]> tolerances, Map<String, float[]> expected, Map<String, float[]> moved) {
    tolerances.forEach(
        (name, room) -> {
          float[] values = expected.get(name);
          float[] others = moved.get(name);
          for (int i = 0; i < room.length; i++) {
            room[i] = Math.max(room[i], 2 * Math.abs((double) others[i] - values[i]));
          }
        });
  }

  private static Optional<String> firstWrong(
      Map<String, float[]> actual,
      Map<String, float[]> expected,
      Map<String, double[]> tolerances) {
    List<String> wrong = new ArrayList<>();
    actual.forEach(
        (name, values) -> {
          float[] wanted = expected.get(name);
          double[] room = tolerances.get(name);
          for (int i = 0; i < values.length && wrong.isEmpty(); i++) {
            boolean same = Float.compare(values[i], wanted[i]) == 0;
            if (!same && !(Math.abs((double) values[i] - wanted[i]) <= room[i])) {
              wrong.add(
                  "element %d of %s (%d) is %s; the reference has %s, and the tolerance is %s"
                      .formatted(i, name, values.length, values[i], wanted[i], room[i]));
            }
          }
        });
    return wrong.stream().findFirst();
  }
}

package dev.wta.bench.step;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Precision;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.conv.ConvLayers;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Sgd;
import dev.wta.models.sae.TopKSae;
import dev.wta.workloads.ConvStep;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.TrainerStep;
import dev.wta.workloads.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A workload's model in training on a backend, from the workload's first numbers. */
public final class Training implements AutoCloseable {
  private final Backend backend;
  private final Model model;
  private final Optimizer optimizer;
  private final OptimizerState state;
  private final Tape tape;
  private final float[] samples;
  private final Tensor batch;
  private final long encodingOperations;
  private long steps;

  /**
   * @param samples all batches, one behind the other
   */
  private Training(
      Model model,
      Precision precision,
      Optimizer optimizer,
      float[] samples,
      int batchSize,
      double encodingOperations) {
    this(model, precision, optimizer, 0, samples, batchSize, encodingOperations);
  }

  /**
   * As {@link #Training(Model, Precision, Optimizer, float[], int, double)}.
   *
   * @param clip the most length of all gradients together; 0 for no limit
   */
  private Training(
      Model model,
      Precision precision,
      Optimizer optimizer,
      double clip,
      float[] samples,
      int batchSize,
      double encodingOperations) {
    this.backend = model.backend();
    this.model = model;
    this.optimizer = optimizer;
    this.samples = samples;
    this.encodingOperations = (long) encodingOperations;
    state =
        new OptimizerState(optimizer, clip, backend.update(), backend.memory(), model.parameters());
    tape = Tape.recording(backend.withPrecision(precision), Seed.of(1));
    batch =
        backend.memory().allocate(Shape.of(batchSize, Math.toIntExact(model.sampleShape().size())));
  }

  /**
   * A training in float32.
   *
   * @throws IllegalArgumentException if the workload is no training step
   */
  public static Training of(Workload workload, Backend backend) {
    return of(workload, backend, Precision.FLOAT32);
  }

  /**
   * A training whose dense products may round their operands.
   *
   * @throws IllegalArgumentException if the workload is no training step
   * @throws dev.wta.api.WtaException if the backend has no such products
   */
  static Training of(Workload workload, Backend backend, Precision precision) {
    return switch (workload) {
      case FcStep step -> fullyConnected(step, backend, precision);
      case TopKStep step -> topK(step, backend, precision);
      case TrainerStep step -> asTrained(step, backend, precision);
      case ConvStep step -> convolutional(step, backend, precision);
      default -> throw new IllegalArgumentException(workload.name() + " is no training step");
    };
  }

  private static Training fullyConnected(FcStep step, Backend backend, Precision precision) {
    FcWta model =
        FcWta.Settings.DEFAULTS
            .hidden(FcStep.UNITS)
            .lifetime((double) FcStep.WINNERS / FcStep.BATCH)
            .tied(step.tied())
            .on(FcStep.INPUTS, backend, Seed.of(1));
    start(model, "encoder.0.weight", step.encoderWeights());
    if (!step.tied()) {
      start(model, "decoder.weight", step.decoderWeights());
    }
    return new Training(
        model,
        precision,
        Sgd.rate(FcStep.RATE).momentum(FcStep.MOMENTUM),
        step.images(),
        FcStep.BATCH,
        step.encodingOperations());
  }

  private static Training topK(TopKStep step, Backend backend, Precision precision) {
    TopKSae model =
        TopKSae.Settings.DEFAULTS
            .hidden(step.units())
            .k(TopKStep.WINNERS)
            .on(Shape.of(TopKStep.INPUTS), backend, Seed.of(1));
    start(model, "encoder.weight", step.weights());
    start(model, "decoder.weight", step.weights());
    return new Training(
        model,
        precision,
        Adam.rate(TopKStep.RATE),
        step.samples(),
        step.batch(),
        step.encodingOperations());
  }

  private static Training asTrained(TrainerStep step, Backend backend, Precision precision) {
    ModelFamily family = ModelFamilies.named(step.family());
    Map<String, Object> settings = new HashMap<>(Map.of("hidden", step.units()));
    if (family.settings().find("k").isPresent()) {
      settings.put("k", TrainerStep.WINNERS);
    }
    if (step.threshold().isPresent() && family.settings().find("threshold").isPresent()) {
      settings.put("threshold", step.threshold().getAsDouble());
    }
    if (step.threshold().isPresent() && family.settings().find("bandwidth").isPresent()) {
      settings.put("bandwidth", step.bandwidth());
    }
    Shape sample = Shape.of(step.inputs());
    Model model =
        (Model) family.create(family.settings().parse(settings), sample, backend, Seed.of(1));
    float[] samples = step.samples();
    model.begin(MemoryDataset.of(step.name(), sample, samples), Preprocessing.none());
    Map<String, Object> defaults = family.trainingDefaults();
    return new Training(
        model,
        precision,
        Adam.rate(step.rate()).completedBy(defaults),
        (double) defaults.getOrDefault("clip", 0.0),
        samples,
        step.batch(),
        step.encodingOperations());
  }

  private static Training convolutional(ConvStep step, Backend backend, Precision precision) {
    List<ConvLayers.Convolution> convolutions =
        IntStream.range(0, step.layers())
            .mapToObj(step::maps)
            .map(maps -> new ConvLayers.Convolution(maps, ConvStep.ENCODER_WINDOW))
            .toList();
    ConvWta model =
        ConvWta.Settings.DEFAULTS
            .layers(new ConvLayers(convolutions, ConvStep.DECODER_WINDOW))
            .lifetime((double) step.winners() / step.batch())
            .on(Shape.of(1, ConvStep.SIDE, ConvStep.SIDE), backend, Seed.of(1));
    for (int layer = 0; layer < step.layers(); layer++) {
      start(model, "encoder.%d.weight".formatted(layer), step.encoderFilters(layer));
    }
    start(model, "decoder.weight", step.decoderFilters());
    return new Training(
        model,
        precision,
        Sgd.rate(ConvStep.RATE).momentum(ConvStep.MOMENTUM),
        step.images(),
        step.batch(),
        step.encodingOperations());
  }

  /** Replaces a parameter's first numbers. */
  private static void start(Model model, String name, float[] numbers) {
    Parameter parameter =
        model.parameters().stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException(model.family() + " has no parameter " + name));
    model.backend().memory().upload(numbers, 0, parameter.value());
  }

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  long encodingOperations() {
    return encodingOperations;
  }

  /** Takes a step and answers its loss, before the update. */
  public double step() {
    return take().loss().value();
  }

  /** Takes a step without asking for its loss, and answers how many there were. */
  public long stepUnobserved() {
    take();
    return steps;
  }

  private StepOutput take() {
    long first = steps * batch.shape().size() % samples.length;
    backend.memory().upload(samples, (int) first, batch);
    tape.reset(steps);
    StepOutput output = model.step(tape, batch);
    tape.backward(output.loss());
    steps++;
    state.step(tape, optimizer.rate(), steps);
    return output;
  }

  @Override
  public void close() {
    batch.close();
    tape.close();
    state.close();
    model.close();
  }
}

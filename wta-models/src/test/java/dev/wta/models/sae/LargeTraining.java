package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Trains a large TopK model for some steps in a process of its own, writes its checkpoint to
 * nowhere, and prints how large weights and moments are beside the heap, whose limit is the JVM's:
 *
 * <pre>LargeTraining LATENTS INPUTS BATCH STEPS</pre>
 *
 * <p>Latents are dead after two batches, so that from the third step on they are revived.
 */
final class LargeTraining {
  private static final double GIGA = 1e9;

  private LargeTraining() {}

  public static void main(String... arguments) throws IOException {
    int latents = Integer.parseInt(arguments[0]);
    int inputs = Integer.parseInt(arguments[1]);
    int batch = Integer.parseInt(arguments[2]);
    int steps = Integer.parseInt(arguments[3]);
    try (Backend backend = Backends.named("cpu", BackendOptions.defaults());
        TopKSae model =
            TopKSae.Settings.DEFAULTS
                .hidden(latents)
                .deadAfter(2 * batch)
                .on(Shape.of(inputs), backend, Seed.of(1));
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = backend.memory().allocate(Shape.of(batch, inputs));
        OptimizerState state =
            new OptimizerState(
                Adam.rate(1e-4), backend.update(), backend.memory(), model.parameters())) {
      Map<String, Tensor> saved = new LinkedHashMap<>();
      for (Parameter parameter : model.parameters()) {
        saved.put(parameter.name(), parameter.value());
      }
      state.tensors().forEach((name, moment) -> saved.put("moment " + name, moment));
      for (int step = 0; step < steps; step++) {
        long begun = System.nanoTime();
        backend.randomness().normal(Seed.of(1).stream("samples", step), 0, 1, x);
        tape.reset(step);
        StepOutput output = model.step(tape, x);
        tape.backward(output.loss());
        state.step(tape, 1e-4, step + 1);
        System.out.printf(
            Locale.ROOT,
            "step %d: loss %.6f, %.3f of the latents dead, %.1f s%n",
            step,
            output.loss().value(),
            output.metrics().get("deadShare").getAsDouble(),
            (System.nanoTime() - begun) / GIGA);
      }
      SafetensorsWriter.write(OutputStream.nullOutputStream(), backend.memory(), saved, Map.of());
      double needed = Float.BYTES * saved.values().stream().mapToLong(Tensor::size).sum() / GIGA;
      double heap = Runtime.getRuntime().maxMemory() / GIGA;
      System.out.printf(
          Locale.ROOT,
          "weights and moments of %.2f GB were trained in a heap of %.2f GB (%.2f times)%n",
          needed,
          heap,
          heap / needed);
    }
  }
}

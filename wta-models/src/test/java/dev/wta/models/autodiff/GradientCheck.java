package dev.wta.models.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.data.Offset;

/** Compares the tape's gradients with two-sided finite differences of the loss. */
public final class GradientCheck {
  private static final float EPSILON = 1e-3f;
  private static final double TOLERANCE = 2e-3;

  private GradientCheck() {}

  /** Checks each element of each parameter. */
  public static void check(
      Backend backend, List<Parameter> parameters, Function<Tape, Loss> forward) {
    for (Parameter parameter : parameters.stream().filter(Parameter::learnt).toList()) {
      float[] gradient = gradient(backend, parameter, forward);
      float[] differences = differences(backend, parameter, forward);
      double scale = Math.max(1, scaleOf(differences));
      assertThat(gradient)
          .as("gradient of %s", parameter.name())
          .containsExactly(differences, Offset.offset((float) (TOLERANCE * scale)));
      assertThat(scaleOf(differences))
          .as("%s has a gradient", parameter.name())
          .isGreaterThan(1e-2);
    }
  }

  private static double scaleOf(float[] values) {
    double scale = 0;
    for (float value : values) {
      scale = Math.max(scale, Math.abs(value));
    }
    return scale;
  }

  /** The tape's gradient, materialised. */
  public static float[] gradient(
      Backend backend, Parameter parameter, Function<Tape, Loss> forward) {
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      tape.backward(forward.apply(tape));
      return materialise(backend, tape.gradient(parameter).orElseThrow(), parameter.value());
    }
  }

  public static float[] materialise(Backend backend, Gradient gradient, Tensor parameter) {
    return switch (gradient) {
      case Gradient.Dense dense -> backend.memory().download(dense.values());
      case Gradient.Factored factored -> {
        try (Tensor out = backend.memory().allocate(parameter.shape())) {
          backend.sparse().materialise(factored, 0, out);
          yield backend.memory().download(out);
        }
      }
    };
  }

  private static float[] differences(
      Backend backend, Parameter parameter, Function<Tape, Loss> forward) {
    Memory memory = backend.memory();
    float[] values = memory.download(parameter.value());
    float[] differences = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      float original = values[i];
      float above = original + EPSILON;
      float below = original - EPSILON;
      values[i] = above;
      memory.upload(values, 0, parameter.value());
      double lossAbove = loss(backend, forward);
      values[i] = below;
      memory.upload(values, 0, parameter.value());
      double lossBelow = loss(backend, forward);
      values[i] = original;
      differences[i] = (float) ((lossAbove - lossBelow) / ((double) above - below));
    }
    memory.upload(values, 0, parameter.value());
    return differences;
  }

  /** On a tape of the same seed as the gradient's: noise has to be the same. */
  private static double loss(Backend backend, Function<Tape, Loss> forward) {
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      return forward.apply(tape).value();
    }
  }
}

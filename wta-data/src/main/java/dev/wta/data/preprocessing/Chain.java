package dev.wta.data.preprocessing;

import dev.wta.api.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Transformations one after the other. The tensors of step {@code i} are named {@code i/name}. */
public record Chain(List<Preprocessing> steps) implements Preprocessing {
  public Chain {
    steps = List.copyOf(steps);
  }

  /** The steps in order, those of chains among them in their place; a single one is itself. */
  static Preprocessing of(List<Preprocessing> steps) {
    List<Preprocessing> flat = new ArrayList<>();
    for (Preprocessing step : steps) {
      if (step instanceof Chain chain) {
        flat.addAll(chain.steps());
      } else {
        flat.add(step);
      }
    }
    return flat.size() == 1 ? flat.getFirst() : new Chain(flat);
  }

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    for (Preprocessing step : steps) {
      step.apply(samples, count, sample);
    }
  }

  @Override
  public Optional<String> irreversible() {
    return steps.stream().flatMap(step -> step.irreversible().stream()).findFirst();
  }

  @Override
  public void invert(float[] samples, int count, Shape sample) {
    irreversible()
        .ifPresent(
            kind -> {
              throw PreprocessingKind.irreversible(kind);
            });
    for (Preprocessing step : steps.reversed()) {
      step.invert(samples, count, sample);
    }
  }

  @Override
  public boolean costly() {
    return steps.stream().anyMatch(Preprocessing::costly);
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", "chain", "steps", steps.stream().map(Preprocessing::describe).toList());
  }

  @Override
  public Map<String, float[]> tensors() {
    Map<String, float[]> all = new LinkedHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      String prefix = prefix(i);
      steps.get(i).tensors().forEach((name, values) -> all.put(prefix + name, values));
    }
    return all;
  }

  static String prefix(int step) {
    return step + "/";
  }
}

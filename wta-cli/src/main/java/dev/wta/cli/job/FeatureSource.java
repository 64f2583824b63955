package dev.wta.cli.job;

import dev.wta.api.backend.Backend;
import dev.wta.data.Dataset;
import dev.wta.eval.metrics.SparsityMetrics;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import java.util.Optional;

/** Where the features that a probe judges come from. */
public sealed interface FeatureSource {
  /** What it is, for people. */
  String name();

  /** The features of a data set, which the caller closes. */
  Features of(Dataset data);

  /** How sparse the features of a data set are; empty where they are not a model's. */
  Optional<SparsityMetrics> sparsity(Dataset data);

  /** The representation that a run has learnt. */
  final class Learnt implements FeatureSource {
    private final String name;
    private final Model model;

    @Inject
    Learnt(RunDirectory run, Model model) {
      this("%s (%s)".formatted(run.path(), model.family()), model);
    }

    Learnt(String name, Model model) {
      this.name = name;
      this.model = model;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Features of(Dataset data) {
      return model.encode(data);
    }

    @Override
    public Optional<SparsityMetrics> sparsity(Dataset data) {
      return Optional.of(SparsityMetrics.of(model, data));
    }
  }

  /** The samples themselves, which is what learnt features have to beat. */
  final class Raw implements FeatureSource {
    private final Backend backend;

    @Inject
    Raw(Backend backend) {
      this.backend = backend;
    }

    @Override
    public String name() {
      return "raw samples";
    }

    @Override
    public Features of(Dataset data) {
      return Features.ofSamples(backend, data);
    }

    @Override
    public Optional<SparsityMetrics> sparsity(Dataset data) {
      return Optional.empty();
    }
  }
}

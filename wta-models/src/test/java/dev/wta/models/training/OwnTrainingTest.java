package dev.wta.models.training;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.preprocessing.PreprocessingProvider;
import dev.wta.models.Encoder;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerFamily;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.optimizer.ScheduleFamily;
import dev.wta.models.optimizer.TrainingProvider;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Optimisers, schedules, pre-processing and metrics of one's own. */
class OwnTrainingTest {
  private static final Shape SAMPLE = Shape.of(12);

  @TempDir private Path directory;

  /** What a jar of one's own would name; see the files of META-INF/services here. */
  public static final class Provider implements TrainingProvider, PreprocessingProvider {
    @Override
    public List<OptimizerFamily> optimizers() {
      return List.of(
          new OptimizerFamily(
              "gentle-adam",
              "gentle-adam(2)",
              (call, rate) -> new GentleAdam(call.number(), Adam.rate(rate))));
    }

    @Override
    public List<ScheduleFamily> schedules() {
      return List.of(
          new ScheduleFamily("halving", "halving(3)", call -> new Halving(call.wholeNumber())));
    }

    @Override
    public List<PreprocessingProvider.Family> families() {
      return List.of(
          new PreprocessingProvider.Family(
              "least",
              "least",
              call -> {
                call.numbers(0);
                return Least::fit;
              },
              (description, tensors) -> new Least(tensors.get("least"))));
    }
  }

  /** Adam at the rate divided by a number. */
  private record GentleAdam(double divisor, Adam adam) implements Optimizer {
    @Override
    public double rate() {
      return adam.rate();
    }

    @Override
    public List<String> moments() {
      return adam.moments();
    }

    @Override
    public void step(
        Update update,
        Parameter parameter,
        List<Tensor> moments,
        Gradient gradient,
        double rate,
        long step) {
      adam.step(update, parameter, moments, gradient, rate / divisor, step);
    }

    @Override
    public Optimizer completedBy(Map<String, ?> settings) {
      return new GentleAdam(divisor, adam.completedBy(settings));
    }

    @Override
    public Map<String, Object> describe() {
      return Map.of("optimizer", "gentle-adam(" + divisor + ")", "rate", rate());
    }
  }

  /** Half the rate after so many steps, and again. */
  private record Halving(int steps) implements Schedule {
    @Override
    public double factor(long step, long totalSteps) {
      return Math.scalb(1.0, (int) -(step / steps));
    }

    @Override
    public String name() {
      return "halving(" + steps + ")";
    }
  }

  /** Subtracts the least value of each input: what is fitted is kept in an array. */
  private static final class Least implements Preprocessing {
    private final float[] least;

    Least(float[] least) {
      this.least = least;
    }

    static Preprocessing fit(Dataset data, Preprocessing before) {
      int width = Math.toIntExact(data.sampleShape().size());
      float[] least = new float[width];
      float[] sample = new float[width];
      for (int row = 0; row < data.size(); row++) {
        data.read(row, 1, sample, 0);
        before.apply(sample, 1, data.sampleShape());
        for (int i = 0; i < width; i++) {
          least[i] = row == 0 ? sample[i] : Math.min(least[i], sample[i]);
        }
      }
      return new Least(least);
    }

    @Override
    public void apply(float[] samples, int count, Shape sample) {
      for (int i = 0; i < count * least.length; i++) {
        samples[i] -= least[i % least.length];
      }
    }

    @Override
    public Map<String, Object> describe() {
      return Map.of("kind", "least");
    }

    @Override
    public Map<String, float[]> tensors() {
      return Map.of("least", least);
    }
  }

  private static Model topK(Backend backend) {
    return TopKSae.Settings.DEFAULTS.hidden(16).k(3).on(SAMPLE, backend, Seed.of(1));
  }

  private static TrainingSettings settings(Map<String, Object> given) {
    return TrainingSettings.of(ModelFamilies.named("topk")).parse(given);
  }

  private static TrainingSettings own() {
    return settings(
        Map.of(
            "optimizer",
            "gentle-adam(2)",
            "schedule",
            "halving(3)",
            "preprocess",
            List.of("scale", "least"),
            "batch",
            20,
            "epochs",
            4));
  }

  @Test
  void aRunWithThemResumesByTheirNames() {
    Path straight = directory.resolve("straight");
    Path halting = directory.resolve("halting");
    Dataset data = TestData.samples(60, SAMPLE);
    try (Backend backend = TestBackends.reference()) {
      try (Model model = topK(backend)) {
        Trainer.of(model).data(data).settings(own()).to(straight).train();
      }
      try (Model model = topK(backend)) {
        Trainer trainer = Trainer.of(model).data(data).settings(own()).to(halting);
        stopAfter(5, trainer);
        assertThat(trainer.train().steps()).isEqualTo(5);
      }
      try (Model model = topK(backend)) { // as the command line resumes: by what the run says
        TrainingSettings ofRun = TrainingSettings.ofRun(RunDirectory.open(halting).config());
        assertThat(ofRun.optimizer()).isEqualTo("gentle-adam(2.0)");
        Trainer.of(model).data(data).settings(ofRun).to(halting).resume().train();
      }
      assertSameBits(halting, straight);
      try (Encoder encoder = RunDirectory.open(halting).encoder(backend)) {
        assertThat(encoder.encode(new float[12])).hasSize(16);
      }
    }
  }

  @Test
  void aWrongNameOrArgumentIsExplained() {
    assertThatThrownBy(() -> settings(Map.of("optimizer", "gentle-adma(2)")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("one of adam, sgd, gentle-adam(2)")
        .hasMessageContaining("did you mean 'gentle-adam(2)'");
    assertThatThrownBy(() -> settings(Map.of("optimizer", "gentle-adam")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("it takes one argument, not 0");
    assertThatThrownBy(() -> settings(Map.of("schedule", "halving(x)")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'x' is not a number");
    assertThatThrownBy(() -> settings(Map.of("preprocess", List.of("least(1)"))))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'least(1)' is wrong: it takes no argument");
    assertThatThrownBy(() -> Preprocessing.requireKnown(List.of("leest")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("did you mean 'least'");
  }

  /** The largest pre-processed number of a batch, and the winners of its code. */
  private static final class Observed implements TrainingListener {
    private final List<Double> largestInputs = new ArrayList<>();

    @Override
    public Map<String, Double> metrics(Interval interval) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < interval.batch().count() * 12; i++) {
        largest = Math.max(largest, interval.batch().values()[i]);
      }
      largestInputs.add(largest);
      assertThat(interval.measured().metrics()).containsKey("explainedVariance");
      return Map.of(
          "largestInput", largest, "codeSize", (double) interval.code().orElseThrow().count());
    }
  }

  @Test
  void aMetricOfOnesOwnReachesWhatIsLogged() throws IOException {
    Path run = directory.resolve("run");
    Observed observed = new Observed();
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      TrainingResult trained =
          Trainer.of(model)
              .data(TestData.samples(60, SAMPLE))
              .batch(20)
              .epochs(2)
              .logEvery(2)
              .listen(observed)
              .to(run)
              .train();
      assertThat(trained.last().orElseThrow().metrics())
          .containsEntry("largestInput", observed.largestInputs.getLast())
          .containsEntry("codeSize", 60.0); // 20 samples of 3 winners
    }
    assertThat(RunDirectory.open(run).readMetrics())
        .extracting(line -> line.get("largestInput"))
        .containsExactlyElementsOf(observed.largestInputs)
        .hasSize(3);
    try (var files = Files.newDirectoryStream(run, "events.out.tfevents.*")) {
      for (Path events : files) {
        assertThat(new String(Files.readAllBytes(events), StandardCharsets.ISO_8859_1))
            .contains("largestInput");
      }
    }
  }

  @Test
  void aMetricOfATakenNameIsRefused() {
    try (Backend backend = TestBackends.reference();
        Model model = topK(backend)) {
      Trainer trainer =
          Trainer.of(model)
              .data(TestData.samples(60, SAMPLE))
              .epochs(1)
              .listen(
                  new TrainingListener() {
                    @Override
                    public Map<String, Double> metrics(Interval interval) {
                      return Map.of("loss", 1.0);
                    }
                  });
      assertThatIllegalArgumentException()
          .isThrownBy(trainer::train)
          .withMessageContaining("'loss' is logged already");
    }
  }
}

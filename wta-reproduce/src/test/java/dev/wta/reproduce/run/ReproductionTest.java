package dev.wta.reproduce.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import dev.wta.models.training.StepReport;
import dev.wta.models.training.TrainingListener;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.Measured;
import dev.wta.reproduce.PaperDataset;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PerScale;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Representation;
import dev.wta.reproduce.ReproductionListener;
import dev.wta.reproduce.Row;
import dev.wta.reproduce.StateFile;
import dev.wta.reproduce.source.ImportCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproductionTest {
  private static final Backend BACKEND = Backends.named("cpu", BackendOptions.defaults());
  private static final Recipe RECIPE =
      Recipe.of("tiny", "fc-wta", Map.of("hidden", "8", "lifetime", "0.2", "checkpoint-every", "5"))
          .with("epochs", 2, 2, 2);

  @TempDir Path folder;
  private final List<String> trained = new ArrayList<>();
  private Path data;

  @AfterAll
  static void close() {
    BACKEND.close();
  }

  @BeforeEach
  void writeData() {
    data = folder.resolve("samples.arrow");
    write(data, 1);
  }

  private static void write(Path file, long seed) {
    Random random = new Random(seed);
    int samples = 400;
    byte[] values = new byte[samples * 12];
    random.nextBytes(values);
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % 2;
      values[i * 12 + labels[i]] = (byte) 255;
      values[i * 12 + 1 - labels[i]] = 0;
    }
    try (ArrowDatasetWriter writer =
        ArrowDatasetWriter.create(file, Shape.of(12), ElementType.UINT8, true)) {
      writer.append(values, labels, samples);
      writer.commit();
    }
  }

  /** Samples that are imported already. */
  private record Ready(Path file) implements PaperDataset {
    @Override
    public String name() {
      return "samples";
    }

    @Override
    public String wanted() {
      return "nothing";
    }

    @Override
    public Imported prepare(Path from, Path cache, ReproductionListener listener) {
      return new Imported(file, file, List.of("A remark on the data."));
    }
  }

  private Reproduction.Request request(Row... rows) {
    PaperTable table =
        new PaperTable(
            "tiny",
            "Tiny",
            "Nobody",
            "error %",
            new Ready(data),
            PerScale.same(300),
            PerScale.same(200),
            List.of(rows));
    return new Reproduction.Request(
        table, ExperimentScale.SMOKE, folder, folder.resolve("out"), Seed.of(1));
  }

  private static final Representation FEATURES = Representation.of(RECIPE);
  private static final Row ALL =
      Row.measured("all", Reported.recalled(1), FEATURES, Laboratory::error);
  private static final Row FEW =
      Row.measured(
          "few", Reported.recalled(1), FEATURES, (lab, features) -> lab.fewLabels(features, 20, 3));
  private static final Row TOO_MANY =
      Row.measured(
          "too many",
          Reported.recalled(1),
          FEATURES,
          (lab, features) -> lab.fewLabels(features, 301, 3));

  private static Row all(Recipe recipe) {
    return Row.measured("all", Reported.recalled(1), Representation.of(recipe), Laboratory::error);
  }

  private final ReproductionListener counting =
      new ReproductionListener() {
        @Override
        public void note(String line) {
          if (line.endsWith("training")) {
            trained.add(line);
          }
        }
      };

  @Test
  void measuresRowsOfOneRunWithOneTraining() {
    ReproducedTable result = new Reproduction(request(ALL, FEW, TOO_MANY), BACKEND, counting).run();

    assertThat(result.finished()).isTrue();
    assertThat(trained).hasSize(1);
    assertThat(result.rows().get(0).measured().value()).isBetween(0.0, 50.0);
    assertThat(result.rows().get(0).trainingSeconds()).isPositive();
    assertThat(result.rows().get(1).measured().std()).isNotNull();
    assertThat(result.rows().get(1).trainingSeconds())
        .isEqualTo(result.rows().get(0).trainingSeconds());
    assertThat(result.rows().get(2).measured()).isNull();
    assertThat(result.remarks())
        .contains("A remark on the data.")
        .anyMatch(remark -> remark.contains("300 of 400 training samples and 200 of 400"));
    assertThat(result.markdown()).exists();
  }

  @Test
  void saysHowFarEachRowHasCome() {
    Row quoted = Row.quoted("others", Reported.recalled(3));
    Row later = ALL.only(ExperimentScale.FULL);
    Row trainedOnly =
        Row.measured("second", Reported.recalled(1), FEATURES, (lab, features) -> Optional.empty());
    Reproduction.Request request = request(FEW, quoted, trainedOnly, later);

    assertThat(RowState.of(request).stream().map(RowState::stage))
        .containsExactly(
            RowState.Stage.WAITING,
            RowState.Stage.QUOTED,
            RowState.Stage.WAITING,
            RowState.Stage.OTHER_SCALE);
    assertThat(folder.resolve("out")).doesNotExist();

    ReproducedTable result = new Reproduction(request, BACKEND, counting).run();
    List<RowState> states = RowState.of(request);
    assertThat(states.get(0).stage()).isEqualTo(RowState.Stage.DONE);
    assertThat(states.get(0).measured()).contains(result.rows().get(0).measured());
    assertThat(states.get(0).seconds()).isEqualTo(result.rows().get(0).seconds());
    assertThat(states.get(2).stage()).isEqualTo(RowState.Stage.TRAINED);
    assertThat(states.get(2).seconds()).isPositive();
  }

  @Test
  void saysThatARunIsGoneOrOfAnotherRecipe() throws Exception {
    Row trainedOnly =
        Row.measured(
            "second",
            Reported.recalled(1),
            FEATURES,
            (lab, features) -> {
              lab.run(RECIPE);
              return Optional.empty();
            });
    new Reproduction(request(trainedOnly), BACKEND, counting).run();
    Path runs = folder.resolve("out/smoke-seed1");
    double seconds = RowState.of(request(trainedOnly)).getFirst().seconds();

    Row longer =
        Row.measured(
            "second",
            Reported.recalled(1),
            Representation.of(RECIPE.with("epochs", 3, 3, 3)),
            Laboratory::error);
    RowState other = RowState.of(request(longer)).getFirst();
    assertThat(other.stage()).isEqualTo(RowState.Stage.OTHER_RECIPE);
    assertThat(other.seconds()).isEqualTo(seconds);

    Files.move(runs.resolve("tiny"), runs.resolve("elsewhere"));
    RowState gone = RowState.of(request(longer)).getFirst();
    assertThat(gone.stage()).isEqualTo(RowState.Stage.WAITING);
    assertThat(gone.seconds()).isZero();

    StateFile clock = new StateFile(runs.resolve("training.json"));
    clock.write(Map.of("tiny", Map.of("seconds", 1e6, "finished", true)));
    new Reproduction(request(longer), BACKEND, counting).run();
    assertThat(RowState.of(request(longer)).getFirst().seconds()).isBetween(0.0, 1e5);
  }

  @Test
  void judgesByHeldOutSamplesAlone() {
    List<Dataset> seen = new ArrayList<>();
    Row row =
        Row.measured(
            "row",
            Reported.recalled(1),
            FEATURES,
            (lab, features) -> {
              seen.addAll(List.of(lab.train(), lab.test()));
              return lab.error(features);
            });
    PaperTable table = request(row).table();
    Path out = folder.resolve("out");
    Reproduction.Request request =
        new Reproduction.Request(table, ExperimentScale.SMOKE, folder, out, Seed.of(1), 60);
    ReproducedTable result = new Reproduction(request, BACKEND, counting).run();

    assertThat(seen.get(0).size()).isEqualTo(240);
    assertThat(seen.get(1).size()).isEqualTo(60);
    Set<Integer> rows = new HashSet<>();
    for (Dataset part : seen) {
      for (int i = 0; i < part.size(); i++) {
        rows.add(part.sourceRow(i));
      }
    }
    assertThat(rows).hasSize(300); // no sample is in both
    assertThat(result.command()).contains("--held-out 60");
    assertThat(result.remarks()).anyMatch(remark -> remark.contains("60 training samples"));
    assertThat(out.resolve("smoke-seed1-held-out-60/tiny/model.safetensors")).exists();
    assertThat(out.resolve("smoke-seed1")).doesNotExist();

    Reproduction most =
        new Reproduction(
            new Reproduction.Request(table, ExperimentScale.SMOKE, folder, out, Seed.of(1), 200),
            BACKEND,
            counting);
    assertThatThrownBy(most::run)
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("200 of 300 training samples cannot be held out");
  }

  @Test
  void modelsLearnFromExtraSamplesAndProbesDoNot() throws Exception {
    Path extra = folder.resolve("extra.arrow");
    write(extra, 2);
    PaperDataset more =
        new PaperDataset() {
          @Override
          public String name() {
            return "samples";
          }

          @Override
          public String wanted() {
            return "nothing";
          }

          @Override
          public Imported prepare(Path from, Path cache, ReproductionListener listener) {
            return new Imported(data, data, Optional.of(extra), List.of());
          }
        };
    PaperTable table =
        new PaperTable(
            "tiny",
            "Tiny",
            "Nobody",
            "error %",
            more,
            PerScale.same(PaperTable.ALL),
            PerScale.same(PaperTable.ALL),
            List.of(ALL));
    Path out = folder.resolve("out");
    new Reproduction(
            new Reproduction.Request(table, ExperimentScale.SMOKE, folder, out, Seed.of(1)),
            BACKEND,
            counting)
        .run();

    assertThat(out.resolve("smoke-seed1/tiny/config.json")).content().contains("\"samples\" : 800");
    assertThat(Files.readString(out.resolve("smoke-seed1/tiny.json"))).contains("\"learnt\"");
  }

  @Test
  void theFirstSamplesOfEachClassAreASubsetForAll() {
    Row first =
        Row.measured(
            "first",
            Reported.recalled(1),
            FEATURES,
            (lab, features) -> lab.firstOfEachClass(features, 30));
    Row tooMany =
        Row.measured(
            "more",
            Reported.recalled(1),
            FEATURES,
            (lab, features) -> lab.firstOfEachClass(features, 200));
    ReproducedTable result = new Reproduction(request(first, tooMany), BACKEND, counting).run();

    assertThat(result.rows().get(0).measured().value()).isBetween(0.0, 50.0);
    assertThat(result.rows().get(0).measured().std()).isNull();
    assertThat(result.rows().get(1).measured()).isNull();
  }

  @Test
  void measuresNothingTwice() {
    ReproducedTable first = new Reproduction(request(ALL, FEW), BACKEND, counting).run();
    ReproducedTable again = new Reproduction(request(ALL, FEW), BACKEND, counting).run();

    assertThat(trained).hasSize(1);
    for (int i = 0; i < 2; i++) {
      assertThat(again.rows().get(i).measured()).isEqualTo(first.rows().get(i).measured());
      assertThat(again.rows().get(i).seconds()).isEqualTo(first.rows().get(i).seconds());
    }
  }

  @Test
  void tellsTheLossOfAnEpochFromThatOfOthers() throws Exception {
    Recipe logging =
        Recipe.of("logging", "fc-wta", Map.of("hidden", "8", "log-every", "1", "epochs", "3"));
    Row second = Row.unreported("second", lab -> lab.lossOfEpoch(logging, 2)); // steps 4 to 6 of 9
    Row fourth = Row.unreported("fourth", lab -> lab.lossOfEpoch(logging, 4));

    ReproducedTable result = new Reproduction(request(second, fourth), BACKEND, counting).run();

    List<String> lines =
        Files.readAllLines(folder.resolve("out/smoke-seed1/logging/metrics.jsonl"));
    double mean = lines.subList(3, 6).stream().mapToDouble(ReproductionTest::loss).sum() / 3;
    assertThat(lines).hasSize(9);
    assertThat(result.rows().get(0).measured().value()).isCloseTo(mean, within(1e-12));
    assertThat(result.rows().get(1).measured()).isNull();
  }

  private static double loss(String line) {
    return Double.parseDouble(line.replaceFirst(".*\"loss\":([^,}]*).*", "$1"));
  }

  @Test
  void keepsNoRowOfAnotherRecipe() {
    new Reproduction(request(ALL, FEW), BACKEND, counting).run();
    Recipe wider = new Recipe("wider", "fc-wta", RECIPE.with("hidden", "9", "9", "9").settings());
    ReproducedTable again = new Reproduction(request(all(wider), FEW), BACKEND, counting).run();

    assertThat(trained).hasSize(2);
    assertThat(trained.getLast()).startsWith("wider");
    assertThat(again.rows().get(0).measured()).isNotNull();

    new Reproduction(request(all(wider), FEW), BACKEND, counting).run();
    assertThat(trained).hasSize(2);
  }

  @Test
  void keepsNoRowOfOtherFeaturesOfTheSameRun() {
    List<Representation> measured = new ArrayList<>();
    Row.Judgement judgement =
        (lab, features) -> {
          measured.add(features);
          return Optional.of(Measured.of(2));
        };
    Recipe maps = Recipe.of("maps", "conv-wta", Map.of());
    for (String windows : List.of("5/3", "5/3", "11/6")) {
      Representation features = Representation.of(maps).pooled(windows);
      Row row = Row.measured("row", Reported.recalled(1), features, judgement);
      new Reproduction(request(row), BACKEND, counting).run();
    }

    assertThat(measured)
        .containsExactly(
            Representation.of(maps).pooled("5/3"), Representation.of(maps).pooled("11/6"));
  }

  @Test
  void takesNoRunOfAnotherRecipeForItsOwn() {
    new Reproduction(request(ALL), BACKEND, counting).run();
    Reproduction longer =
        new Reproduction(request(all(RECIPE.with("epochs", 3, 3, 3))), BACKEND, counting);

    assertThatThrownBy(longer::run)
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("was trained by another recipe: 'epochs' is 2 in the run, and 3 here")
        .hasMessageContaining("delete that folder");
    assertThat(trained).hasSize(1);
  }

  @Test
  void goesOnWhereItWasStopped() {
    ReproducedTable whole = new Reproduction(request(ALL, FEW), BACKEND, counting).run();
    Path out = folder.resolve("stopped");
    Reproduction.Request request =
        new Reproduction.Request(
            request(ALL, FEW).table(), ExperimentScale.SMOKE, folder, out, Seed.of(1));
    List<Reproduction> stopping = new ArrayList<>();
    ReproductionListener stopper =
        new ReproductionListener() {
          @Override
          public void note(String line) {}

          @Override
          public List<TrainingListener> training() {
            return List.of(
                new TrainingListener() {
                  @Override
                  public void stepped(StepReport report) {
                    if (report.step() == 3) {
                      stopping.getFirst().requestStop();
                    }
                  }
                });
          }
        };
    stopping.add(new Reproduction(request, BACKEND, stopper));
    ReproducedTable stopped = stopping.getFirst().run();

    assertThat(stopped.finished()).isFalse();
    assertThat(stopped.rows()).allMatch(row -> row.measured() == null);
    assertThat(stopped.markdown()).content().contains("Stopped before the end");

    ReproducedTable resumed = new Reproduction(request, BACKEND, counting).run();
    assertThat(resumed.finished()).isTrue();
    assertThat(resumed.rows().get(0).measured()).isEqualTo(whole.rows().get(0).measured());
    assertThat(resumed.rows().get(1).measured()).isEqualTo(whole.rows().get(1).measured());
  }

  @Test
  void keepsNoResultsOfOtherData() {
    Row given =
        Row.measured(
            "given",
            Reported.recalled(1),
            FEATURES,
            (lab, features) -> Optional.of(Measured.of(2)));
    new Reproduction(request(given), BACKEND, counting).run();
    write(data, 2);

    assertThatThrownBy(() -> new Reproduction(request(given), BACKEND, counting).run())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("keeps results of other data");
  }

  @Test
  void importsAgainWhereASourceHasChanged() throws Exception {
    ImportCache cache = new ImportCache(folder.resolve("cache"));
    Path source = Files.writeString(folder.resolve("source"), "one");
    List<Path> made = new ArrayList<>();
    ImportCache.Importing importing =
        out -> {
          made.add(out);
          write(out, 1);
        };
    cache.file("x.arrow", List.of(source), importing);
    cache.file("x.arrow", List.of(source), importing);
    assertThat(made).hasSize(1);
    Files.writeString(source, "another");
    cache.file("x.arrow", List.of(source), importing);
    assertThat(made).hasSize(2);
  }
}

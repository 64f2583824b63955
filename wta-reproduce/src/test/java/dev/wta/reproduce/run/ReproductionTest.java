package dev.wta.reproduce.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.Laboratory;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.Recipe;
import dev.wta.reproduce.Reported;
import dev.wta.reproduce.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a reproduction measures. */
class ReproductionTest extends ReproductionTestCase {
  @Test
  void trainsOnceForAllRowsOfARun() {
    ReproducedTable result = new Reproduction(request(ALL, FEW, TOO_MANY), backend, counting).run();

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
  void measuresTheErrorOnHeldOutSamples() {
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
    ReproducedTable result = new Reproduction(request, backend, counting).run();

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
            backend,
            counting);
    assertThatThrownBy(most::run)
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("200 of 300 training samples cannot be held out");
  }

  @Test
  void measuresOnlyTheRequestedRowsAndKeepsTheOthers() {
    Row other = Row.measured("other", Reported.recalled(1), FEATURES, Laboratory::error);
    PaperTable table = request(ALL, other).table();
    for (String name : List.of("ALL", "Oth")) {
      Reproduction.Request request =
          new Reproduction.Request(
              table,
              ExperimentScale.SMOKE,
              folder,
              folder.resolve("out"),
              Seed.of(1),
              0,
              table.rowsNamed(List.of(name)));
      ReproducedTable result = new Reproduction(request, backend, counting).run();

      assertThat(result.finished()).isTrue();
      assertThat(result.rows().get(0).measured()).isNotNull();
      assertThat(result.rows().get(1).measured() != null).isEqualTo(name.equals("Oth"));
    }
    assertThatThrownBy(() -> table.rowsNamed(List.of("all", "none of them")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no row of tiny has 'none of them' in its name")
        .hasMessageContaining("its rows are: all; other");
  }

  @Test
  void refusesRowsThatTheScaleDoesNotMeasure() {
    Row large =
        Row.measured("large", Reported.recalled(1), FEATURES, Laboratory::error)
            .only(ExperimentScale.FULL);
    PaperTable table = request(ALL, large).table();
    Reproduction.Request request =
        new Reproduction.Request(
            table,
            ExperimentScale.SMOKE,
            folder,
            folder.resolve("out"),
            Seed.of(1),
            0,
            table.rowsNamed(List.of("large")));

    assertThatThrownBy(() -> new Reproduction(request, backend, counting).run())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no row asked for is measured at the scale smoke: large")
        .hasMessageContaining("wta reproduce tiny --scale ... --list");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void extraSamplesTrainModelsButNotProbes() throws Exception {
    Path extra = folder.resolve("extra.arrow");
    write(extra, 2);
    Ready dataset = new Ready(data, Optional.of(extra));
    Reproduction.Request request = request(dataset, PaperTable.ALL, PaperTable.ALL, ALL);
    new Reproduction(request, backend, counting).run();

    Path out = folder.resolve("out");
    assertThat(out.resolve("smoke-seed1/tiny/config.json")).content().contains("\"samples\" : 800");
    assertThat(Files.readString(out.resolve("smoke-seed1/tiny.json"))).contains("\"learnt\"");
  }

  @Test
  void fitsTheProbeToTheFirstSamplesOfEachClass() {
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
    ReproducedTable result = new Reproduction(request(first, tooMany), backend, counting).run();

    assertThat(result.rows().get(0).measured().value()).isBetween(0.0, 50.0);
    assertThat(result.rows().get(0).measured().std()).isNull();
    assertThat(result.rows().get(1).measured()).isNull();
  }

  @Test
  void reportsTheMeanLossOfOneEpoch() throws Exception {
    Recipe logging =
        Recipe.of("logging", "fc-wta", Map.of("hidden", "8", "log-every", "1", "epochs", "3"));
    Row second = Row.unreported("second", lab -> lab.lossOfEpoch(logging, 2)); // steps 4 to 6 of 9
    Row fourth = Row.unreported("fourth", lab -> lab.lossOfEpoch(logging, 4));

    ReproducedTable result = new Reproduction(request(second, fourth), backend, counting).run();

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
}

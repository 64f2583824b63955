package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command as a process of its own: what it prints where it works, and its exit code where it
 * does not. All else that commands do is tested in processes that they share.
 */
class EveryCommandTest {
  @TempDir static Path directory;

  @BeforeAll
  static void train() {
    TinyData.importInto(directory, "train", 60, 1);
    for (String model : new String[] {"drsae --set pretraining=0", "roae", "topk --set k=2"}) {
      String run = " --out " + model.split(" ")[0];
      Wta.in(directory)
          .succeed(
              ("train --data train.arrow --set hidden=6 --set epochs=1 --model " + model + run)
                  .split(" "));
    }
  }

  /** Command lines, and a part of what they print. */
  private static final String WORKING =
      """
      backends | automatic choice
      compare topk roae | 2  roae
      completion | complete -F _complete_wta
      encode --run topk --data train.arrow --out codes.arrow | codes.arrow: 60 samples of 6 features
      evaluate topk --data train.arrow | explained variance
      export topk --format saelens --out exported | exported: topk of SAELens
      filters --run topk --out filters.png | filters.png: 6 of 6 units
      help train | Usage: wta train
      import idx --images train-images.idx --out bare.arrow | bare.arrow: 60 samples of 1x6x6
      info topk | topk: run
      parts --run drsae --data train.arrow --out parts | part-units
      predict --run drsae --data train.arrow | of 60
      probe --run topk --train train.arrow --test train.arrow --c 1 | test error
      ranks --run roae --data train.arrow | error of 60 samples
      report --run topk --out page | page/index.html
      reproduce --list | mnist-conv
      synthesise --out s.arrow --samples 20 --features 8 --inputs 4 --active 2 --seed 1 | s.arrow
      train --model fc-wta --data train.arrow --set hidden=4 --set epochs=1 --out fc | finished after 1 epoch,
      """;

  /** Command lines that are refused by what does the work, and a part of the complaint. */
  private static final String REFUSED =
      """
      backends x | unexpected argument 'x'
      compare topk none | none
      completion x | unexpected argument 'x'
      demo --out topk | topk holds something that is not a demo's
      encode --run none --data train.arrow --out x.arrow | none holds no run
      evaluate none --data train.arrow | none holds no run
      export topk --format other --out x | there is no format 'other'
      filters --run topk --out x.png --units 0 | --units is 0
      help trainn | did you mean 'train'?
      import idx --images none.idx --out x.arrow | none.idx
      info none | there is no 'none'
      parts --run topk --data train.arrow --out x | topk is a run of 'topk'
      predict --run topk --data train.arrow | topk is a run of 'topk'
      probe --run topk --train train.arrow --test none.arrow | none.arrow
      ranks --run topk --data train.arrow | whose units have no ranks
      report --run none --out x | none holds no run
      reproduce mnist-conf | did you mean 'mnist-conv'?
      synthesise --out x.arrow --samples 0 --features 8 --inputs 4 --active 2 --seed 1 | --samples is 0
      train --model fc-wta --data none.arrow --out x | none.arrow
      """;

  private static Stream<Arguments> cases(String table) {
    return table.lines().map(line -> Arguments.of((Object[]) line.split(" +\\| +")));
  }

  static Stream<Arguments> working() {
    return cases(WORKING);
  }

  static Stream<Arguments> refused() {
    return cases(REFUSED);
  }

  @ParameterizedTest
  @MethodSource("working")
  void works(String line, String expected) {
    assertThat(Wta.in(directory).alone().succeed(line.split(" ")).out()).contains(expected);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses(String line, String complaint) {
    assertThat(Wta.in(directory).alone().fail((line + " --quiet").split(" "))).contains(complaint);
    assertThat(directory.resolve("x")).doesNotExist();
    assertThat(directory.resolve("x.arrow")).doesNotExist();
  }

  @Test
  void noCommandIsMissing() {
    String help = Wta.in(directory).succeed("--help").out();
    String list = help.substring(help.indexOf("Commands:"), help.indexOf("Examples:"));
    TreeSet<String> commands = new TreeSet<>();
    list.lines()
        .filter(line -> line.matches("  [a-z].*"))
        .forEach(line -> commands.add(line.strip().split(" ")[0]));
    assertThat(commands).hasSizeGreaterThan(15);
    assertThat(commandsOf(REFUSED)).containsExactlyElementsOf(commands);
    commands.remove("demo"); // which DemoTest runs
    assertThat(commandsOf(WORKING)).containsExactlyElementsOf(commands);
  }

  private static Stream<String> commandsOf(String table) {
    return table.lines().map(line -> line.split(" ")[0]);
  }
}

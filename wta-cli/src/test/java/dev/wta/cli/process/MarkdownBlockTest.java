package dev.wta.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownBlockTest {
  private static final List<MarkdownBlock> BLOCKS =
      MarkdownBlock.of(
          """
          # Title
          <!-- test: run -->
          ```sh
          ./wta demo   # a comment
          # another
          ./wta import idx --images a \\
              --out b
          ```
          Text.

          ```console
          $ ./wta backends
          cpu   score 100
          $ ./wta --version
          ```
          <!-- test: source a/B.java#part -->

          ```java
          int x = 1; // kept
          ```
          """
              .lines()
              .toList());

  @Test
  void findsBlocksWithTheirDirectives() {
    assertThat(BLOCKS)
        .extracting(MarkdownBlock::language, MarkdownBlock::directive, MarkdownBlock::line)
        .containsExactly(
            tuple("sh", "run", 3),
            tuple("console", "", 11),
            tuple("java", "source a/B.java#part", 18));
  }

  @Test
  void joinsContinuedLinesAndLeavesCommentsOut() {
    assertThat(BLOCKS.get(0).commands())
        .containsExactly("./wta demo", "./wta import idx --images a  --out b");
  }

  @Test
  void takesOnlyTypedLinesOfAConsole() {
    assertThat(BLOCKS.get(1).commands()).containsExactly("./wta backends", "./wta --version");
  }
}

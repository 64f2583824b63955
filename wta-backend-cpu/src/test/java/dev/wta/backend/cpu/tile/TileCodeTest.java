package dev.wta.backend.cpu.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.backend.cpu.vector.VectorWidth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine code of the register tiles, as C2 makes it in a JVM of its own: the inner loops move
 * no vector to the stack or from it. A sum that lives there waits for its own store in each step,
 * which costs up to half the rate.
 *
 * <p>Vectors of 512 bits are looked at with 32 registers, others with the 16 that AVX2 has.
 */
@Tag("slow")
class TileCodeTest {
  @TempDir private Path folder;

  @Test
  void innerLoopsKeepTheirSumsInRegisters() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "it reads x86-64's machine code");
    assumeTrue(MachineCode.canDisassemble(), "there is no objdump");
    boolean wide = VectorWidth.shape().vectorBitSize() == 512;
    assumeTrue(!wide || VectorWidth.registers() == 32, "this machine has 16 vector registers");

    Map<String, List<String>> code =
        MachineCode.ofCompiled(run(wide ? List.of() : List.of("-XX:UseAVX=2")), folder);
    List<RegisterTile> tiles =
        RunTiles.all().filter(tile -> tile.registers <= (wide ? 32 : 16)).toList();
    assertThat(tiles).isNotEmpty();
    for (RegisterTile tile : tiles) {
      String name = tile.getClass().getSimpleName();
      assertThat(code).as("compiled tiles").containsKey(name);
      List<List<String>> loops = loops(code.get(name), tile.rows * tile.vectors);
      assertThat(loops).as("loops of %s", name).isNotEmpty();
      for (List<String> loop : loops) {
        assertThat(loop.stream().filter(TileCodeTest::movesVectorByStack))
            .as("%s has a loop of %d instructions:%n%s", name, loop.size(), String.join("\n", loop))
            .isEmpty();
      }
    }
  }

  private static boolean movesVectorByStack(String instruction) {
    return instruction.contains("[rsp") && instruction.matches(".*[xyz]mm\\d.*");
  }

  /** Innermost loops of at least so many multiply-adds that run through without a call. */
  private static List<List<String>> loops(List<String> code, int multiplyAdds) {
    return MachineCode.innermostLoops(code).stream()
        .filter(loop -> loop.stream().noneMatch(line -> line.startsWith("call")))
        .filter(
            loop -> loop.stream().filter(line -> line.startsWith("vfmadd")).count() >= multiplyAdds)
        .toList();
  }

  /** What a JVM prints while it compiles the tiles. */
  private Path run(List<String> options) throws IOException, InterruptedException {
    Path printed = folder.resolve("printed.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BackgroundCompilation",
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=print,dev.wta.backend.cpu.tile.*::*",
            "-D%s=%d".formatted(VectorWidth.PROPERTY, VectorWidth.shape().vectorBitSize())));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), RunTiles.class.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertThat(process.waitFor()).as("exit status of the JVM that compiles").isZero();
    return printed;
  }
}

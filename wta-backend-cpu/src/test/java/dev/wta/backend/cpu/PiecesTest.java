package dev.wta.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.memory.CpuMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The pieces that the operations of a training step are cut into, for 64 threads: of 1024 samples
 * of 768 numbers and 24,576 latents.
 */
@Tag("slow")
class PiecesTest {
  private static final int THREADS = 64;
  private static final int SAMPLES = 1024;
  private static final int INPUTS = 768;
  private static final int UNITS = 24_576;

  static final List<SelectionRule> RULES =
      List.of(
          new SelectionRule.PerSample(32),
          new SelectionRule.Global(32 * SAMPLES),
          new SelectionRule.Lifetime(1));

  @ParameterizedTest
  @FieldSource("RULES")
  void eachOperationHasWorkForEachThread(SelectionRule rule) {
    Map<String, List<Integer>> pieces = pieces(rule);
    System.out.printf("%s: %s%n", rule, pieces);
    // A sum of each of 768 columns takes a few microseconds; a vector of them is a piece.
    pieces.remove("bias gradient");
    pieces.forEach(
        (operation, runs) ->
            assertThat(runs).as(operation).isNotEmpty().allMatch(count -> count >= THREADS));
  }

  /** The pieces of each operation, one after the other. */
  private static Map<String, List<Integer>> pieces(SelectionRule rule) {
    CpuMemory memory = new CpuMemory();
    Map<String, List<Integer>> pieces = new LinkedHashMap<>();
    try (Execution execution = new Execution(THREADS, false)) {
      CpuSelection selection =
          new CpuSelection(
              memory,
              execution,
              new CpuConvolution(memory, execution, Optional.empty()),
              Optional.empty());
      CpuSparse sparse = new CpuSparse(memory, execution);
      CpuUpdate update = new CpuUpdate(memory, execution);
      CpuDense dense = new CpuDense(memory, execution, Optional.empty());
      Shape code = Shape.of(SAMPLES, UNITS);
      Tensor x = filled(memory, 0.01f, SAMPLES, INPUTS);
      Tensor error = filled(memory, 0.02f, SAMPLES, INPUTS);
      Tensor reconstruction = memory.allocate(Shape.of(SAMPLES, INPUTS));
      Tensor weights = filled(memory, 0.03f, UNITS, INPUTS);
      Tensor first = memory.allocate(weights.shape());
      Tensor second = memory.allocate(weights.shape());
      Tensor bias = memory.allocate(Shape.of(UNITS));
      Tensor columns = memory.allocate(Shape.of(INPUTS));
      Tensor loss = memory.allocate(Shape.of(1));
      Winners winners = memory.allocateWinners(code, rule.capacity(code));
      Tensor slopes = memory.allocate(Shape.of(winners.capacity()));
      Gradient gradient = Gradient.factored(Gradient.Term.of(winners, winners.values(), error));
      Map<String, Runnable> operations = new LinkedHashMap<>();
      operations.put(
          "encode",
          () -> selection.encodeWinners(x, weights, Optional.empty(), bias, rule, winners));
      operations.put(
          "decode",
          () ->
              sparse.decode(
                  winners,
                  winners.values(),
                  weights,
                  Optional.empty(),
                  Optional.of(columns),
                  reconstruction));
      operations.put("loss", () -> dense.squaredError(reconstruction, x, error, loss));
      operations.put(
          "code gradient",
          () -> sparse.codeGradient(winners, error, weights, Optional.empty(), slopes));
      operations.put("bias gradient", () -> dense.reduceColumns(Reduction.SUM, error, columns));
      operations.put("sums by unit", () -> sparse.unitSums(winners, slopes, bias));
      operations.put(
          "update",
          () ->
              update.adam(
                  weights,
                  first,
                  second,
                  gradient,
                  new Update.AdamStep(1e-6f, 0.9f, 0.999f, 1e-8f, 0, false, 1)));
      operations.forEach(
          (name, operation) -> {
            List<Integer> runs = new ArrayList<>();
            execution.workers.observe(runs::add);
            operation.run();
            pieces.put(name, runs);
          });
    }
    return pieces;
  }

  private static Tensor filled(CpuMemory memory, float scale, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * (i % 17 - 8 + i % 5);
    }
    return memory.of(Shape.of(rows, columns), values);
  }
}

package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Transposition;
import java.util.Arrays;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * The product of a few rows with the transpose of frozen weights, on the caller's thread. Its lanes
 * run over the units, so that a single row keeps all of them busy; for that the weights are packed
 * once and the packed form is kept. Each sum has the same terms in the same order as in {@link
 * GemmKernel} and in a block of units, and so the same bits.
 */
public final class FewRows {
  /** With more rows, a batch in lanes is as fast. */
  private static final int MOST_ROWS = 8;

  /** The vectors of a panel: as many sums as hide the latency of a multiply-add. */
  private static final int VECTORS = 8;

  private static final int WIDTH = VECTORS * COUNT;

  private final CpuTensor x; // (rows, depth)
  private final float[] panels; // (panels, depth, WIDTH)
  private final int rows;
  private final int units;
  private final int depth;

  private FewRows(CpuTensor x, float[] panels, int units) {
    this.x = x;
    this.panels = panels;
    this.rows = x.rowCount();
    this.units = units;
    this.depth = x.rowSize();
  }

  /**
   * The product of {@code x (rows, depth)} with {@code weights (units, depth)}; empty where another
   * kernel is to do it.
   */
  public static Optional<FewRows> of(Execution execution, CpuTensor x, CpuTensor weights) {
    if (!execution.rowsAlone
        || x.rowCount() > MOST_ROWS
        || x.isEmpty()
        || 2 * weights.rowCount() < WIDTH) {
      return Optional.empty();
    }
    return weights
        .frozenForm(FewRows::pack)
        .map(panels -> new FewRows(x, panels, weights.rowCount()));
  }

  private static float[] pack(CpuTensor weights) {
    int units = weights.rowCount();
    int depth = weights.rowSize();
    int count = Math.ceilDiv(units, WIDTH);
    float[] panels = new float[Math.multiplyExact(Math.multiplyExact(count, WIDTH), depth)];
    for (int panel = 0; panel < count; panel++) {
      int first = panel * WIDTH;
      Transposition.run(
          weights.array(),
          weights.offset() + first * depth,
          depth,
          Math.min(WIDTH, units - first),
          depth,
          panels,
          first * depth,
          WIDTH);
    }
    return panels;
  }

  /** Stores the product as {@link GemmKernel} does. */
  void run(GemmArguments given, int slabs, Execution execution) {
    float[] sums = sums(execution);
    for (int row = 0; row < rows; row++) {
      int to = given.outStart() + row * units;
      for (int slab = 0; slab < slabs; slab++) {
        int from = (int) ((long) depth * slab / slabs);
        Arrays.fill(sums, 0f);
        add(row, from, (int) ((long) depth * (slab + 1) / slabs) - from, sums);
        float beta = slab == 0 ? given.beta() : 1;
        TileRow.store(sums, 0, units, given.alpha(), beta, given.out(), to);
      }
      if (given.bias() != null || given.relu()) {
        TileRow.finish(given.out(), to, units, given.biases(), given.biasStart(), given.relu());
      }
    }
  }

  /**
   * The code before the rectifier, {@code x * weights' + bias}.
   *
   * @param code {@code (rows, units)}, overwritten
   */
  public void encode(CpuTensor bias, float[] code, Execution execution) {
    float[] sums = sums(execution);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(bias.array(), bias.offset(), sums, 0, units);
      add(row, 0, depth, sums);
      System.arraycopy(sums, 0, code, row * units, units);
    }
  }

  private float[] sums(Execution execution) {
    return execution.scratch(0).floats(Scratch.Use.TILE, panels.length / depth);
  }

  /** Adds the products of a run of the inner dimension, in the runs of {@link PackedPanels}. */
  private void add(int row, int from, int length, float[] sums) {
    int start = x.offset() + row * depth;
    int runs = PackedPanels.runs(length);
    for (int unit = 0; unit < units; unit += WIDTH) {
      for (int run = 0; run < runs; run++) {
        int p = from + PackedPanels.runStart(length, run);
        int steps = from + PackedPanels.runStart(length, run + 1) - p;
        addRun(x.array(), start + p, panels, unit * depth + p * WIDTH, steps, sums, unit);
      }
    }
  }

  /** {@code out[j] += sum over p of x[p] * panel[p, j]} for a panel's units. */
  private static void addRun(
      float[] x, int from, float[] panel, int at, int steps, float[] out, int to) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector s4 = FloatVector.zero(FLOATS);
    FloatVector s5 = FloatVector.zero(FLOATS);
    FloatVector s6 = FloatVector.zero(FLOATS);
    FloatVector s7 = FloatVector.zero(FLOATS);
    for (int p = 0; p < steps; p++) {
      FloatVector factor = FloatVector.broadcast(FLOATS, x[from + p]);
      int w = at + p * WIDTH;
      s0 = factor.fma(FloatVector.fromArray(FLOATS, panel, w), s0);
      s1 = factor.fma(FloatVector.fromArray(FLOATS, panel, w + COUNT), s1);
      s2 = factor.fma(FloatVector.fromArray(FLOATS, panel, w + 2 * COUNT), s2);
      s3 = factor.fma(FloatVector.fromArray(FLOATS, panel, w + 3 * COUNT), s3);
      s4 = factor.fma(FloatVector.fromArray(FLOATS, panel, w + 4 * COUNT), s4);
      s5 = factor.fma(FloatVector.fromArray(FLOATS, panel, w + 5 * COUNT), s5);
      s6 = factor.fma(FloatVector.fromArray(FLOATS, panel, w + 6 * COUNT), s6);
      s7 = factor.fma(FloatVector.fromArray(FLOATS, panel, w + 7 * COUNT), s7);
    }
    addTo(out, to, s0);
    addTo(out, to + COUNT, s1);
    addTo(out, to + 2 * COUNT, s2);
    addTo(out, to + 3 * COUNT, s3);
    addTo(out, to + 4 * COUNT, s4);
    addTo(out, to + 5 * COUNT, s5);
    addTo(out, to + 6 * COUNT, s6);
    addTo(out, to + 7 * COUNT, s7);
  }

  private static void addTo(float[] out, int at, FloatVector sum) {
    FloatVector.fromArray(FLOATS, out, at).add(sum).intoArray(out, at);
  }
}

package dev.wta.backend.cpu;

/**
 * Selects the winners of a dense code. Rules over columns look at one unit's activations, brought
 * together in a block; the others walk the code by sample and list what they keep as indices into
 * the sample's row, ascending.
 */
final class DenseSelection {
  /** Columns that are brought together at a time. */
  private static final int COLUMN_BLOCK = 32;

  private final Engine engine;
  private final float[] code; // (samples, units, positions)
  private final int start;
  private final CpuWinners winners;
  private final int samples;
  private final int units;
  private final int positions;
  private final int rowSize;

  DenseSelection(Engine engine, float[] code, int start, CpuWinners winners) {
    this.engine = engine;
    this.code = code;
    this.start = start;
    this.winners = winners;
    this.samples = winners.samples();
    this.units = winners.units();
    this.positions = winners.positions();
    this.rowSize = units * positions;
  }

  void perColumn(int k) {
    int groupSize = samples * positions;
    ColumnWinners columns = new ColumnWinners(engine, winners, groupSize, k);
    engine.split(
        units,
        Math.clamp(Engine.GRAIN / Math.max(1, groupSize), 1, COLUMN_BLOCK),
        (from, to, worker) -> {
          Scratch scratch = engine.scratch(worker);
          float[] block = scratch.floats(Scratch.Use.BLOCK, (to - from) * groupSize);
          if (positions == 1) {
            Transposition.run(code, start + from, units, samples, to - from, block, 0, samples);
          } else {
            gatherMaps(from, to, block);
          }
          for (int u = from; u < to; u++) {
            columns.select(u, block, (u - from) * groupSize, groupSize, scratch);
          }
        });
    columns.finish();
  }

  /** Brings each map's positions of all samples together: {@code (maps, samples, positions)}. */
  private void gatherMaps(int from, int to, float[] block) {
    for (int u = from; u < to; u++) {
      for (int n = 0; n < samples; n++) {
        System.arraycopy(
            code,
            start + n * rowSize + u * positions,
            block,
            ((u - from) * samples + n) * positions,
            positions);
      }
    }
  }

  void perRow(int k) {
    RowWinners rows = new RowWinners(engine, winners, Math.min(k, rowSize));
    bySample(
        rows,
        (n, scratch) -> {
          int row = start + n * rowSize;
          scratch.topK().cut(code, row, rowSize, k);
          return scratch.topK().indices(code, row, rowSize, rows.indices(), rows.start(n));
        });
  }

  /**
   * The whole batch is one group, whose winners are listed in one go and then told apart by sample.
   */
  void global(int k) {
    int size = samples * rowSize;
    int most = Math.min(k, size);
    TopK topK = engine.shared.topK();
    topK.cut(code, start, size, k);
    int[] chosen = engine.shared.ints(Scratch.Use.CANDIDATES, most);
    int count = topK.indices(code, start, size, chosen, 0);
    winners.takeRows(code, start, chosen, count, nans());
  }

  void spatial() {
    RowWinners rows = new RowWinners(engine, winners, units);
    bySample(
        rows,
        (n, scratch) -> {
          int end = rows.start(n);
          for (int u = 0; u < units; u++) {
            int map = start + n * rowSize + u * positions;
            int best = -1;
            float most = 0;
            for (int p = 0; p < positions; p++) {
              if (code[map + p] > most) {
                most = code[map + p];
                best = p;
              }
            }
            if (best >= 0) {
              rows.indices()[end++] = u * positions + best;
            }
          }
          return end - rows.start(n);
        });
  }

  void above(CpuTensor thresholds) {
    RowWinners rows = new RowWinners(engine, winners, rowSize);
    bySample(
        rows,
        (n, scratch) -> {
          int end = rows.start(n);
          for (int i = 0; i < rowSize; i++) {
            float threshold = thresholds.array()[thresholds.offset() + i / positions];
            if (code[start + n * rowSize + i] > Math.max(threshold, 0)) {
              rows.indices()[end++] = i;
            }
          }
          return end - rows.start(n);
        });
  }

  /** Lists one sample's winners and answers how many there are. */
  @FunctionalInterface
  private interface SampleSelection {
    int select(int sample, Scratch scratch);
  }

  private void bySample(RowWinners rows, SampleSelection selection) {
    engine.splitRows(
        samples,
        rowSize,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            int count = selection.select(n, engine.scratch(worker));
            rows.set(n, count, TopK.countNaN(code, start + n * rowSize, rowSize));
          }
        });
    rows.finish(code, start);
  }

  private long nans() {
    long[] counts = engine.shared.longs(samples);
    engine.splitRows(
        samples,
        rowSize,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            counts[n] = TopK.countNaN(code, start + n * rowSize, rowSize);
          }
        });
    long sum = 0;
    for (int n = 0; n < samples; n++) {
      sum += counts[n];
    }
    return sum;
  }
}

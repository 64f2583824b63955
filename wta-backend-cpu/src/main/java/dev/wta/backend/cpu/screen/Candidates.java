package dev.wta.backend.cpu.screen;

import dev.wta.api.op.SelectionRule;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.select.SampleWinners;
import dev.wta.backend.cpu.select.TopKSelector;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Activations that may win, by sample and in each sample by unit, and their exact values. First all
 * are counted, then room is allotted, then all are put, in any order, and sorted.
 */
final class Candidates {
  /** Units whose candidates are worth a piece of work. */
  private static final int UNITS = 32;

  /** Samples whose candidates are. */
  private static final int SAMPLES = 16;

  private final Execution execution;
  private final int samples;
  private final int units;
  private final int[] sampleStart; // (samples + 1)
  private int[] end; // (samples): where the next goes
  private int[] unit = new int[0]; // (total)
  private float[] values = new float[0]; // (total)

  Candidates(Execution execution, int samples, int units) {
    this.execution = execution;
    this.samples = samples;
    this.units = units;
    this.sampleStart = new int[samples + 1];
  }

  /** Counts one. */
  void count(int sample, int unit) {
    sampleStart[sample + 1]++;
  }

  long total() {
    return Arrays.stream(sampleStart).asLongStream().sum();
  }

  void allot() {
    for (int n = 0; n < samples; n++) {
      sampleStart[n + 1] += sampleStart[n];
    }
    end = Arrays.copyOf(sampleStart, samples);
    unit = execution.shared.ints(Scratch.Use.PARTS, sampleStart[samples]);
    values = execution.shared.floats(Scratch.Use.PARTS, sampleStart[samples]);
  }

  void put(int sample, int unit) {
    this.unit[end[sample]++] = unit;
  }

  void sort() {
    execution.split(
        samples,
        SAMPLES,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            Arrays.sort(unit, sampleStart[n], sampleStart[n + 1]);
          }
        });
  }

  /** Computes the exact values, unit by unit: a unit's weights are read once. */
  void evaluate(ExactSums exact) {
    int total = sampleStart[samples];
    int[] unitStart = execution.shared.ints(Scratch.Use.BLOCK, units + 1L);
    int[] sample = execution.shared.ints(Scratch.Use.CANDIDATES, total); // by unit
    int[] place = execution.shared.ints(Scratch.Use.COUNTS, total); // by unit
    Arrays.fill(unitStart, 0, units + 1, 0);
    forUnits((n, i) -> unitStart[unit[i] + 1]++);
    for (int u = 0; u < units; u++) {
      unitStart[u + 1] += unitStart[u];
    }
    forUnits(
        (n, i) -> {
          int slot = unitStart[unit[i]]++;
          sample[slot] = n;
          place[slot] = i;
        });
    System.arraycopy(unitStart, 0, unitStart, 1, units);
    unitStart[0] = 0;
    execution.split(
        units,
        UNITS,
        (from, to, worker) -> {
          Scratch scratch = execution.scratch(worker);
          for (int u = from; u < to; u++) {
            int first = unitStart[u];
            int count = unitStart[u + 1] - first;
            if (count > 0) {
              float[] exactly = scratch.floats(Scratch.Use.CANDIDATES, count);
              exact.unit(u, sample, first, count, exactly, 0, scratch);
              for (int i = 0; i < count; i++) {
                values[place[first + i]] = exactly[i];
              }
            }
          }
        });
  }

  /** What to do with the candidate at a place. */
  @FunctionalInterface
  private interface Visitor {
    void visit(int sample, int place);
  }

  /** Goes through all candidates, those of a unit in order and on one thread. */
  private void forUnits(Visitor visitor) {
    int parts = execution.workers.count();
    execution.workers.run(
        parts,
        (part, worker) -> {
          int from = (int) ((long) units * part / parts);
          int to = (int) ((long) units * (part + 1) / parts);
          for (int n = 0; n < samples; n++) {
            for (int i = sampleStart[n]; i < sampleStart[n + 1]; i++) {
              if (unit[i] >= from && unit[i] < to) {
                visitor.visit(n, i);
              }
            }
          }
        });
  }

  /**
   * Selects the winners among them by their exact values.
   *
   * @param room gives winners with room for that number of them
   */
  CpuWinners select(SelectionRule rule, IntFunction<CpuWinners> room) {
    return switch (rule) {
      case SelectionRule.PerSample(int k) -> perSample(k, room);
      case SelectionRule.Global(int k) -> global(k, room);
      case SelectionRule.Above(CpuTensor thresholds) -> above(thresholds, room);
      default -> throw new IllegalArgumentException("no rule across units: " + rule);
    };
  }

  private CpuWinners perSample(int k, IntFunction<CpuWinners> room) {
    SampleWinners rows = new SampleWinners(execution, samples, Math.min(k, most()), room);
    execution.split(
        samples,
        SAMPLES,
        (from, to, worker) -> {
          Scratch scratch = execution.scratch(worker);
          TopKSelector topK = TopKSelector.of(scratch);
          for (int n = from; n < to; n++) {
            int first = sampleStart[n];
            int length = sampleStart[n + 1] - first;
            int[] kept = scratch.ints(Scratch.Use.ROW, length);
            topK.cut(values, first, length, k);
            int count = topK.indices(values, first, length, kept, 0);
            for (int i = 0; i < count; i++) {
              rows.put(n, i, unit[first + kept[i]], values[first + kept[i]]);
            }
            rows.setCount(n, count);
          }
        });
    return rows.finish(0);
  }

  private CpuWinners global(int k, IntFunction<CpuWinners> room) {
    int total = sampleStart[samples];
    TopKSelector topK = TopKSelector.of(execution.shared);
    int[] chosen = execution.shared.ints(Scratch.Use.ROW, total);
    topK.cut(values, 0, total, k);
    int count = topK.indices(values, 0, total, chosen, 0);
    SampleWinners rows = new SampleWinners(execution, samples, most(), room);
    int next = 0;
    for (int n = 0; n < samples; n++) {
      int first = next;
      for (; next < count && chosen[next] < sampleStart[n + 1]; next++) {
        rows.put(n, next - first, unit[chosen[next]], values[chosen[next]]);
      }
      rows.setCount(n, next - first);
    }
    return rows.finish(0);
  }

  private CpuWinners above(CpuTensor thresholds, IntFunction<CpuWinners> room) {
    SampleWinners rows = new SampleWinners(execution, samples, most(), room);
    execution.split(
        samples,
        SAMPLES,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            int count = 0;
            for (int i = sampleStart[n]; i < sampleStart[n + 1]; i++) {
              float threshold = thresholds.array()[thresholds.offset() + unit[i]];
              if (values[i] > Math.max(threshold, 0)) {
                rows.put(n, count++, unit[i], values[i]);
              }
            }
            rows.setCount(n, count);
          }
        });
    return rows.finish(0);
  }

  /** The most candidates of a sample. */
  private int most() {
    int most = 0;
    for (int n = 0; n < samples; n++) {
      most = Math.max(most, sampleStart[n + 1] - sampleStart[n]);
    }
    return most;
  }
}

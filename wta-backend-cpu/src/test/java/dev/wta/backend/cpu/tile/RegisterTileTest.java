package dev.wta.backend.cpu.tile;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every tile of the table, also those that this machine would not choose, bit for bit against sums
 * one after the other.
 */
class RegisterTileTest {
  static final List<GemmTile> GEMM_SHAPES = GemmTiles.ALL;
  static final List<MapTile> MAP_SHAPES = MapTiles.ALL;
  static final List<DotTile> DOT_SHAPES = DotTiles.ALL;

  private final Random random = new Random(1);

  @ParameterizedTest
  @FieldSource("GEMM_SHAPES")
  void aProductIsSummedInOrderAndAdded(GemmTile tile) {
    int columns = tile.vectors * COUNT;
    for (int depth : new int[] {0, 1, 2, 7, GemmTile.DEPTH}) {
      for (int rows = 1; rows <= 2 * tile.rows + 1; rows++) {
        float[] a = numbers(3 + (rows + tile.rows) * GemmTile.DEPTH);
        float[] panel = numbers(5 + depth * columns);
        int outStride = columns + 2;
        float[] before = numbers(1 + (rows + tile.rows) * outStride);
        float[] out = before.clone();
        tile.multiplyRows(a, 3, rows, panel, 5, depth, out, 1, outStride);
        for (int r = 0; r < rows; r++) {
          for (int j = 0; j < columns; j++) {
            float sum = 0;
            for (int p = 0; p < depth; p++) {
              sum = Math.fma(a[3 + r * GemmTile.DEPTH + p], panel[5 + p * columns + j], sum);
            }
            int at = 1 + r * outStride + j;
            assertThat(out[at]).isEqualTo(before[at] + sum);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource("MAP_SHAPES")
  void aMapIsSummedTapByTapFromItsStart(MapTile tile) {
    int positions = tile.vectors * COUNT;
    int stride = positions + 3;
    for (int taps = 0; taps <= 5; taps++) {
      float[] start = numbers(tile.rows);
      float[] filters = numbers(2 + taps * tile.rows);
      int[] offsets = random.ints(1 + taps, 0, 20).toArray();
      float[] planes = numbers(4 + 20 + positions);
      float[] out = new float[6 + tile.rows * stride];
      tile.convolve(start, filters, 2, planes, 4, offsets, 1, taps, out, 6, stride);
      for (int r = 0; r < tile.rows; r++) {
        for (int q = 0; q < positions; q++) {
          float sum = start[r];
          for (int t = 0; t < taps; t++) {
            sum = Math.fma(filters[2 + t * tile.rows + r], planes[4 + offsets[1 + t] + q], sum);
          }
          assertThat(out[6 + r * stride + q]).isEqualTo(sum);
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource("DOT_SHAPES")
  void innerProductsAreSummedLaneByLane(DotTile tile) {
    int length = 3 * COUNT;
    int runs = 2;
    int xStep = length + 5;
    int yStep = length + 7;
    float[] x = numbers(50 + runs * xStep);
    float[] y = numbers(50 + runs * yStep);
    int[] rowStarts = random.ints(tile.rows, 0, 50).toArray();
    int[] columnStarts = random.ints(tile.vectors, 0, 50).toArray();
    float[] lanes = new float[tile.rows * tile.vectors * COUNT];
    tile.multiply(x, rowStarts, xStep, y, columnStarts, yStep, runs, length, lanes);
    for (int r = 0; r < tile.rows; r++) {
      for (int c = 0; c < tile.vectors; c++) {
        for (int lane = 0; lane < COUNT; lane++) {
          float sum = 0;
          for (int n = 0; n < runs; n++) {
            for (int q = lane; q < length; q += COUNT) {
              float factor = x[rowStarts[r] + n * xStep + q];
              sum = Math.fma(factor, y[columnStarts[c] + n * yStep + q], sum);
            }
          }
          assertThat(lanes[(r * tile.vectors + c) * COUNT + lane]).isEqualTo(sum);
        }
      }
    }
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    IntStream.range(0, count).forEach(i -> numbers[i] = (float) random.nextGaussian());
    return numbers;
  }
}

// out[j, i] = x[i, j], through a tile in shared memory so that both sides are read and written along rows.
#include "common.cuh"

#define TILE 32

// Blocks of 256 threads; a tile each.
extern "C" __global__ void transposeMatrix(const float* x, float* out, int rows, int columns) {
  __shared__ float tile[TILE][TILE + 1];  // a column more, so that columns meet no bank twice
  int tilesAcross = (columns + TILE - 1) / TILE;
  int row = blockIdx.x / tilesAcross * TILE;
  int column = blockIdx.x % tilesAcross * TILE;
  int x0 = threadIdx.x % TILE;
  for (int y = threadIdx.x / TILE; y < TILE; y += 256 / TILE) {
    if (row + y < rows && column + x0 < columns) {
      tile[y][x0] = x[(long long)(row + y) * columns + column + x0];
    }
  }
  __syncthreads();
  for (int y = threadIdx.x / TILE; y < TILE; y += 256 / TILE) {
    if (column + y < columns && row + x0 < rows) {
      out[(long long)(column + y) * rows + row + x0] = tile[x0][y];
    }
  }
}

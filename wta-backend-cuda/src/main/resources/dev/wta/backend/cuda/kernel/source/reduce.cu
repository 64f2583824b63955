// Reductions of rows and columns. Every number is reduced in an order that the shape alone decides.
#include "common.cuh"

#define SUM 0
#define SUM_OF_SQUARES 1
#define MAXIMUM 2

__device__ inline float nothing(int reduction) {
  return reduction == MAXIMUM ? -__int_as_float(0x7f800000) : 0.0f;
}

__device__ inline float take(int reduction, float reduced, float x) {
  switch (reduction) {
    case SUM:
      return reduced + x;
    case SUM_OF_SQUARES:
      return reduced + x * x;
    default:
      return largerOrNan(reduced, x);
  }
}

__device__ inline float join(int reduction, float a, float b) {
  return reduction == MAXIMUM ? largerOrNan(a, b) : a + b;
}

// out[i] = reduction of row i, a warp each.
extern "C" __global__ void reduceShortRows(
    int reduction, const float* x, float* out, int rows, int rowSize) {
  int row = (int)(globalThread() / 32);
  if (row >= rows) {
    return;  // the whole warp
  }
  float reduced = nothing(reduction);
  for (int j = threadIdx.x % 32; j < rowSize; j += 32) {
    reduced = take(reduction, reduced, x[(long long)row * rowSize + j]);
  }
  reduced = reduction == MAXIMUM ? warpMaximum(reduced) : warpSum(reduced);
  if (threadIdx.x % 32 == 0) {
    out[row] = reduced;
  }
}

// out[i] = reduction of row i, a block each.
extern "C" __global__ void reduceLongRows(
    int reduction, const float* x, float* out, int rowSize) {
  __shared__ float warps[MOST_WARPS];
  const float* row = x + (long long)blockIdx.x * rowSize;
  float reduced = nothing(reduction);
  // Partial sums of 64 terms: a single running sum of a long row would round too much.
  float part = nothing(reduction);
  int inPart = 0;
  for (int j = threadIdx.x; j < rowSize; j += blockDim.x) {
    part = take(reduction, part, row[j]);
    if (++inPart == 64) {
      reduced = join(reduction, reduced, part);
      part = nothing(reduction);
      inPart = 0;
    }
  }
  reduced = join(reduction, reduced, part);
  reduced = reduction == MAXIMUM ? blockMaximum(reduced, warps) : blockSum(reduced, warps);
  if (threadIdx.x == 0) {
    out[blockIdx.x] = reduced;
  }
}

// parts[p, j] = reduction of column j's rows p * partRows to (p + 1) * partRows - 1; a thread each, with parts
// along y. The second round, over the parts, takes sums of squares as sums.
extern "C" __global__ void reduceColumns(
    int reduction, const float* x, float* parts, int rows, int columns, int partRows) {
  int column = (int)globalThread();
  if (column >= columns) {
    return;
  }
  int from = blockIdx.y * partRows;
  int to = min(rows, from + partRows);
  float reduced = nothing(reduction);
  for (int i = from; i < to; i++) {
    reduced = take(reduction, reduced, x[(long long)i * columns + column]);
  }
  parts[(long long)blockIdx.y * columns + column] = reduced;
}

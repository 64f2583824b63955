// The heart of every product: a block computes a tile of op(a) * op(b), each thread a few of its elements in
// registers, over slices of k that pass through shared memory.
#ifndef WTA_TILE_CUH
#define WTA_TILE_CUH

#include "common.cuh"

#define SLICE 16

// Room for a slice of both operands; one of the two kernels' tiles at a time.
template <int M, int N>
struct Slice {
  float a[SLICE][M + 1];  // one more, so that storing along k meets no bank twice
  float b[SLICE][N + 1];
};

// A block's 256 threads compute elements (rowFrom..rowFrom+M, columnFrom..columnFrom+N) of the product's sum over
// kFrom <= k < kTo. `a(row, k)` and `b(k, column)` answer elements inside the matrices; whichKFast tells along which
// of the two indices neighbours lie side by side in memory. `store(row, column, sum)` takes what comes out.
template <int M, int N, int TM, int TN, class A, class B, class Store>
__device__ inline void tileProduct(
    const A& a,
    const B& b,
    bool aKFast,
    bool bKFast,
    int rows,
    int columns,
    int kFrom,
    int kTo,
    int rowFrom,
    int columnFrom,
    Slice<M, N>* slice,
    const Store& store) {
  const int across = N / TN;
  const int down = M / TM;
  int t = threadIdx.x;
  int tx = t % across;
  int ty = t / across;
  float sum[TM][TN];
  float part[TM][TN];
#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j++) {
      sum[i][j] = 0;
      part[i][j] = 0;
    }
  }
  int partial = partialTerms(kTo - kFrom);
  int inPart = 0;
  for (int k0 = kFrom; k0 < kTo; k0 += SLICE) {
#pragma unroll
    for (int i = 0; i < M * SLICE / 256; i++) {
      int e = t + i * 256;
      int kk = aKFast ? e % SLICE : e / M;
      int row = aKFast ? e / SLICE : e % M;
      bool inside = rowFrom + row < rows && k0 + kk < kTo;
      slice->a[kk][row] = inside ? a(rowFrom + row, k0 + kk) : 0.0f;
    }
#pragma unroll
    for (int i = 0; i < N * SLICE / 256; i++) {
      int e = t + i * 256;
      int kk = bKFast ? e % SLICE : e / N;
      int column = bKFast ? e / SLICE : e % N;
      bool inside = columnFrom + column < columns && k0 + kk < kTo;
      slice->b[kk][column] = inside ? b(k0 + kk, columnFrom + column) : 0.0f;
    }
    __syncthreads();
    // Past the end of k there is nothing to multiply: a zero of ours times an infinity of theirs would be NaN.
    int depth = min(SLICE, kTo - k0);
    for (int kk = 0; kk < depth; kk++) {
      float left[TM];
      float right[TN];
#pragma unroll
      for (int i = 0; i < TM; i++) {
        left[i] = slice->a[kk][ty + i * down];
      }
#pragma unroll
      for (int j = 0; j < TN; j++) {
        right[j] = slice->b[kk][tx + j * across];
      }
#pragma unroll
      for (int i = 0; i < TM; i++) {
#pragma unroll
        for (int j = 0; j < TN; j++) {
          part[i][j] = fmaf(left[i], right[j], part[i][j]);
        }
      }
    }
    inPart += SLICE;
    if (inPart >= partial || k0 + SLICE >= kTo) {
#pragma unroll
      for (int i = 0; i < TM; i++) {
#pragma unroll
        for (int j = 0; j < TN; j++) {
          sum[i][j] += part[i][j];
          part[i][j] = 0;
        }
      }
      inPart = 0;
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j++) {
      int row = rowFrom + ty + i * down;
      int column = columnFrom + tx + j * across;
      if (row < rows && column < columns) {
        store(row, column, sum[i][j]);
      }
    }
  }
}

#endif

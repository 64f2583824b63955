// Optimiser steps along dense gradients, and the norms of rows.
#include "common.cuh"
#include "step.cuh"

// An element a thread.
template <class Optimiser>
__device__ inline void stepElements(const Optimiser& optimiser, const float* gradient, long long size) {
  long long e = globalThread();
  if (e < size) {
    optimiser.apply(e, gradient[e]);
  }
}

// A row a block: the part of the gradient along the row is taken out first. A row of zeros has no direction.
// In double precision, which holds the squares of all float32 numbers.
template <class Optimiser>
__device__ inline void stepTangent(
    const Optimiser& optimiser, const float* gradient, int rowSize, double* warps) {
  long long row = (long long)blockIdx.x * rowSize;
  double along = 0;
  double squares = 0;
  for (int j = threadIdx.x; j < rowSize; j += blockDim.x) {
    double p = optimiser.parameter[row + j];
    along += gradient[row + j] * p;
    squares += p * p;
  }
  along = blockSum(along, warps);
  squares = blockSum(squares, warps);
  double share = squares > 0 ? along / squares : 0;
  for (int j = threadIdx.x; j < rowSize; j += blockDim.x) {
    optimiser.apply(row + j, (float)(gradient[row + j] - share * optimiser.parameter[row + j]));
  }
}

extern "C" __global__ void sgdElements(
    float* parameter, float* velocity, const float* gradient, SgdStep step, long long size) {
  Sgd optimiser = {parameter, velocity, step};
  stepElements(optimiser, gradient, size);
}

extern "C" __global__ void sgdTangent(
    float* parameter, float* velocity, const float* gradient, SgdStep step, int rowSize) {
  __shared__ double warps[MOST_WARPS];
  Sgd optimiser = {parameter, velocity, step};
  stepTangent(optimiser, gradient, rowSize, warps);
}

extern "C" __global__ void adamElements(
    float* parameter, float* mean, float* square, const float* gradient, AdamStep step,
    long long size) {
  Adam optimiser = {parameter, mean, square, step};
  stepElements(optimiser, gradient, size);
}

extern "C" __global__ void adamTangent(
    float* parameter, float* mean, float* square, const float* gradient, AdamStep step,
    int rowSize) {
  __shared__ double warps[MOST_WARPS];
  Adam optimiser = {parameter, mean, square, step};
  stepTangent(optimiser, gradient, rowSize, warps);
}

// Scales each row to the norm `bound`: rows of zeros stay, and with `atMost` those that are shorter. A block a row.
extern "C" __global__ void normaliseRows(float* parameter, int atMost, float bound, int rowSize) {
  __shared__ double warps[MOST_WARPS];
  float* row = parameter + (long long)blockIdx.x * rowSize;
  double squares = 0;
  for (int j = threadIdx.x; j < rowSize; j += blockDim.x) {
    squares += (double)row[j] * row[j];
  }
  double length = sqrt(blockSum(squares, warps));
  if (atMost ? length > bound : length > 0) {
    double scale = bound / length;
    for (int j = threadIdx.x; j < rowSize; j += blockDim.x) {
      row[j] = (float)(row[j] * scale);
    }
  }
}

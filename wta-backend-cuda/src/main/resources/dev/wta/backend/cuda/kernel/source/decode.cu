// The linear decoder: each sample's output is the sum of its winners' rows of weights.
#include "common.cuh"

#define CHUNK 64

// out[n, j] = bias[j] + sum over sample n's winners of coefficient * weights[unit, j]. A block of 256 threads has a
// sample and 256 outputs; samples along x, outputs along y. `bias` may be null.
extern "C" __global__ void decodeRows(
    Index ofSample,
    const int* unitOf,
    const float* coefficients,
    const float* weights,
    const float* bias,
    int outputs,
    float* out) {
  __shared__ int unit[CHUNK];
  __shared__ float scale[CHUNK];
  int sample = blockIdx.x;
  int j = blockIdx.y * blockDim.x + threadIdx.x;
  int end = ofSample.end[sample];
  double sum = j < outputs && bias ? bias[j] : 0;
  for (int from = ofSample.start[sample]; from < end; from += CHUNK) {
    int count = min(CHUNK, end - from);
    __syncthreads();  // the last chunk has been read
    if (threadIdx.x < (unsigned)count) {
      int slot = slotAt(ofSample, from + threadIdx.x);
      unit[threadIdx.x] = unitOf[slot];
      scale[threadIdx.x] = coefficients[slot];
    }
    __syncthreads();
    if (j < outputs) {
      float part = 0;
      for (int w = 0; w < count; w++) {
        part = fmaf(scale[w], weights[(long long)unit[w] * outputs + j], part);
      }
      sum += part;
    }
  }
  if (j < outputs) {
    out[(long long)sample * outputs + j] = (float)sum;
  }
}

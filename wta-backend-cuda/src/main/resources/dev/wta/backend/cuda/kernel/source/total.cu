// Sums over all elements, in double precision: each block sums a stretch of fixed length, one block sums those.
#include "common.cuh"

// parts[block] = sum of x, or of x * y where there is a y, over the block's stretch.
extern "C" __global__ void sumParts(
    const float* x, const float* y, double* parts, long long size, int stretch) {
  __shared__ double warps[MOST_WARPS];
  long long from = (long long)blockIdx.x * stretch;
  long long to = from + stretch < size ? from + stretch : size;
  double sum = 0;
  for (long long i = from + threadIdx.x; i < to; i += blockDim.x) {
    sum += y ? (double)x[i] * y[i] : (double)x[i];
  }
  sum = blockSum(sum, warps);
  if (threadIdx.x == 0) {
    parts[blockIdx.x] = sum;
  }
}

// error = prediction - target, and parts[block] = sum of error^2 over the block's stretch.
extern "C" __global__ void squaredErrorParts(
    const float* prediction,
    const float* target,
    float* error,
    double* parts,
    long long size,
    int stretch) {
  __shared__ double warps[MOST_WARPS];
  long long from = (long long)blockIdx.x * stretch;
  long long to = from + stretch < size ? from + stretch : size;
  double sum = 0;
  for (long long i = from + threadIdx.x; i < to; i += blockDim.x) {
    float difference = prediction[i] - target[i];
    error[i] = difference;
    sum += (double)difference * difference;
  }
  sum = blockSum(sum, warps);
  if (threadIdx.x == 0) {
    parts[blockIdx.x] = sum;
  }
}

// The sum of `count` numbers, by one block: as float32 to `narrow`, as double to `wide`, whichever is there.
extern "C" __global__ void sumOfParts(
    const double* parts, int count, float* narrow, double* wide) {
  __shared__ double warps[MOST_WARPS];
  double sum = 0;
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    sum += parts[i];
  }
  sum = blockSum(sum, warps);
  if (threadIdx.x == 0) {
    if (narrow) {
      narrow[0] = (float)sum;
    }
    if (wide) {
      wide[0] = sum;
    }
  }
}

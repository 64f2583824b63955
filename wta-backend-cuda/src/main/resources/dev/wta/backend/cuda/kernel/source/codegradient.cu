// The code's gradient: a dot product for each winner, a warp each.
#include "common.cuh"

// coefficients[slot] = outGradient[sample, :] . weights[unit, :]
extern "C" __global__ void codeGradientRows(
    const int* sampleOf,
    const int* unitOf,
    int slots,
    const float* outGradient,
    const float* weights,
    int outputs,
    float* coefficients) {
  int slot = (int)(globalThread() / 32);
  if (slot >= slots || sampleOf[slot] < 0) {
    return;  // the whole warp
  }
  const float* slopes = outGradient + (long long)sampleOf[slot] * outputs;
  const float* row = weights + (long long)unitOf[slot] * outputs;
  float sum = 0;
  float part = 0;
  int inPart = 0;
  for (int j = threadIdx.x % 32; j < outputs; j += 32) {
    part = fmaf(slopes[j], row[j], part);
    if (++inPart == PARTIAL) {
      sum += part;
      part = 0;
      inPart = 0;
    }
  }
  sum = warpSum(sum + part);
  if (threadIdx.x % 32 == 0) {
    coefficients[slot] = sum;
  }
}

// The same for maps: the image's gradient is read through the window at the winner's position.
extern "C" __global__ void codeGradientMaps(
    const int* sampleOf,
    const int* unitOf,
    const int* positionOf,
    int slots,
    const float* imageGradient,
    const float* filters,
    Geometry g,
    float* coefficients) {
  int slot = (int)(globalThread() / 32);
  if (slot >= slots || sampleOf[slot] < 0) {
    return;  // the whole warp
  }
  int window = g.windowHeight * g.windowWidth;
  int taps = g.channels * window;
  int top = positionOf[slot] / g.mapWidth - g.padding;
  int left = positionOf[slot] % g.mapWidth - g.padding;
  const float* image = imageGradient + (long long)sampleOf[slot] * g.channels * g.height * g.width;
  const float* filter = filters + (long long)unitOf[slot] * taps;
  float sum = 0;
  float part = 0;
  int inPart = 0;
  for (int tap = threadIdx.x % 32; tap < taps; tap += 32) {
    int y = top + tap % window / g.windowWidth;
    int x = left + tap % window % g.windowWidth;
    if (y >= 0 && y < g.height && x >= 0 && x < g.width) {
      part = fmaf(image[(tap / window * g.height + y) * g.width + x], filter[tap], part);
      if (++inPart == PARTIAL) {
        sum += part;
        part = 0;
        inPart = 0;
      }
    }
  }
  sum = warpSum(sum + part);
  if (threadIdx.x % 32 == 0) {
    coefficients[slot] = sum;
  }
}

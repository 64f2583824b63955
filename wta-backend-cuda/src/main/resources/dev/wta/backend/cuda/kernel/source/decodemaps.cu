// The linear deconvolution of winners, gathered: each pixel sums what the winners' windows lay on it.
#include "common.cuh"

#define CHUNK 64

// images[n, c, pixel] = bias[c] + sum over sample n's winners of coefficient * filters[unit, c, tap on the pixel].
// A block has a sample and 256 of its pixels of all channels; samples along x, pixels along y. `bias` may be null.
extern "C" __global__ void decodeMaps(
    Index ofSample,
    const int* unitOf,
    const int* positionOf,
    const float* coefficients,
    const float* filters,
    const float* bias,
    Geometry g,
    float* images) {
  __shared__ int unit[CHUNK];
  __shared__ int top[CHUNK];
  __shared__ int left[CHUNK];
  __shared__ float scale[CHUNK];
  int sample = blockIdx.x;
  int pixels = g.height * g.width;
  int e = blockIdx.y * blockDim.x + threadIdx.x;
  bool inside = e < g.channels * pixels;
  int c = e / pixels;
  int y = e % pixels / g.width;
  int x = e % pixels % g.width;
  int end = ofSample.end[sample];
  double sum = inside && bias ? bias[c] : 0;
  float part = 0;
  int inPart = 0;  // the windows that lay on this pixel
  for (int from = ofSample.start[sample]; from < end; from += CHUNK) {
    int count = min(CHUNK, end - from);
    __syncthreads();
    if (threadIdx.x < (unsigned)count) {
      int slot = slotAt(ofSample, from + threadIdx.x);
      int position = positionOf[slot];
      unit[threadIdx.x] = unitOf[slot];
      top[threadIdx.x] = position / g.mapWidth - g.padding;
      left[threadIdx.x] = position % g.mapWidth - g.padding;
      scale[threadIdx.x] = coefficients[slot];
    }
    __syncthreads();
    if (inside) {
      for (int w = 0; w < count; w++) {
        int i = y - top[w];
        int j = x - left[w];
        if (i >= 0 && i < g.windowHeight && j >= 0 && j < g.windowWidth) {
          long long filter = (long long)unit[w] * g.channels + c;
          part = fmaf(
              scale[w], filters[(filter * g.windowHeight + i) * g.windowWidth + j], part);
          if (++inPart == PARTIAL) {
            sum += part;
            part = 0;
            inPart = 0;
          }
        }
      }
    }
  }
  if (inside) {
    images[(long long)sample * g.channels * pixels + e] = (float)(sum + part);
  }
}

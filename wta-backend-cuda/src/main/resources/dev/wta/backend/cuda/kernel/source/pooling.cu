// Max-pooling and its gradient.
#include "common.cuh"

// A thread an output. NaN in a window comes out, at the first one's position; ties go to the lower position.
extern "C" __global__ void maxPool(
    const float* images,
    float* out,
    float* argmax,
    int height,
    int width,
    int outHeight,
    int outWidth,
    int extent,
    int stride,
    long long outputs) {
  long long o = globalThread();
  if (o >= outputs) {
    return;
  }
  int x = (int)(o % outWidth) * stride;
  int y = (int)(o / outWidth % outHeight) * stride;
  const float* plane = images + o / outWidth / outHeight * height * width;
  int best = y * width + x;
  float largest = plane[best];
  for (int i = y; i < min(y + extent, height); i++) {
    for (int j = x; j < min(x + extent, width); j++) {
      float value = plane[i * width + j];
      if (largest == largest && (value > largest || value != value)) {
        best = i * width + j;
        largest = value;
      }
    }
  }
  out[o] = largest;
  argmax[o] = (float)best;
}

// A thread a plane: outputs that share a maximum add up in their order. `gradient` holds zeros.
extern "C" __global__ void maxPoolGradient(
    const float* slopes,
    const float* argmax,
    float* gradient,
    int outputsOfPlane,
    int pixelsOfPlane,
    long long planes) {
  long long plane = globalThread();
  if (plane >= planes) {
    return;
  }
  long long from = plane * outputsOfPlane;
  long long end = from + outputsOfPlane;
  while (from < end) {
    // Neighbours often share a maximum: their sum in double precision rounds little.
    int at = (int)argmax[from];
    double sum = 0;
    for (; from < end && (int)argmax[from] == at; from++) {
      sum += slopes[from];
    }
    gradient[plane * pixelsOfPlane + at] += (float)sum;
  }
}

// The filter gradient of a convolution: maps times the pixels under their windows, summed over all positions. The sum
// is long and the result small, so the positions are cut into parts of fixed length, a block each, which then add up.
#include "tile.cuh"

// maps (samples, maps, positions) as (maps, samples * positions)
struct MapRows {
  const float* maps;
  int mapCount;
  int positions;

  __device__ float operator()(int map, int k) const {
    int sample = k / positions;
    return maps[((long long)sample * mapCount + map) * positions + (k - sample * positions)];
  }
};

// The pixel under tap `tap` of the window at position `k` of all images; 0 outside the image.
struct PixelColumns {
  const float* images;
  Geometry g;

  __device__ float operator()(int k, int tap) const {
    int positions = g.mapHeight * g.mapWidth;
    int sample = k / positions;
    int position = k - sample * positions;
    int y = position / g.mapWidth;
    int j = tap % g.windowWidth;
    int i = tap / g.windowWidth % g.windowHeight;
    int c = tap / (g.windowWidth * g.windowHeight);
    int py = y + i - g.padding;
    int px = position - y * g.mapWidth + j - g.padding;
    if (py < 0 || py >= g.height || px < 0 || px >= g.width) {
      return 0;
    }
    return images[(((long long)sample * g.channels + c) * g.height + py) * g.width + px];
  }
};

struct Part {
  float* out;
  int rowSize;

  __device__ void operator()(int row, int column, float sum) const {
    out[(long long)row * rowSize + column] = sum;
  }
};

// parts[p, map, tap]: tiles of taps along x, of maps along y, parts along z.
extern "C" __global__ void __launch_bounds__(256) filterGradientParts(
    const float* images, const float* maps, Geometry g, int samples, int mapCount, int partLength,
    float* parts) {
  __shared__ Slice<64, 64> slice;
  int positions = g.mapHeight * g.mapWidth;
  int taps = g.channels * g.windowHeight * g.windowWidth;
  int from = blockIdx.z * partLength;
  int to = min(samples * positions, from + partLength);
  MapRows left = {maps, mapCount, positions};
  PixelColumns right = {images, g};
  Part result = {parts + (long long)blockIdx.z * mapCount * taps, taps};
  tileProduct<64, 64, 4, 4>(
      left, right, true, true, mapCount, taps, from, to, blockIdx.y * 64, blockIdx.x * 64, &slice,
      result);
}

// out[e] = beta * out[e] + sum over the parts of parts[p, e], in the parts' order.
extern "C" __global__ void addParts(
    const float* parts, int count, float beta, float* out, long long size) {
  long long e = globalThread();
  if (e >= size) {
    return;
  }
  float sum = 0;
  for (int from = 0; from < count; from += 32) {  // in two levels, as all long sums here
    float part = 0;
    for (int p = from; p < min(count, from + 32); p++) {
      part += parts[(long long)p * size + e];
    }
    sum += part;
  }
  out[e] = beta == 0 ? sum : beta * out[e] + sum;
}

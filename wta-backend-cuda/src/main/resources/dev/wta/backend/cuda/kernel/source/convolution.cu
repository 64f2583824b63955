// Convolution forward and transposed as products whose operands are read through the window where they lie: filters
// times pixels, with a tile of maps (or channels) by positions (or pixels) a block.
#include "tile.cuh"

// filters (maps, channels, windowHeight, windowWidth) as (maps, taps): contiguous
struct ForwardFilters {
  const float* filters;
  int taps;

  __device__ float operator()(int map, int tap) const {
    return filters[(long long)map * taps + tap];
  }
};

// The pixel under tap `tap` of the window at position `n` of all images' positions; 0 outside the image.
struct PixelsUnderTaps {
  const float* images;
  Geometry g;

  __device__ float operator()(int tap, int n) const {
    int positions = g.mapHeight * g.mapWidth;
    int sample = n / positions;
    int position = n - sample * positions;
    int y = position / g.mapWidth;
    int x = position - y * g.mapWidth;
    int j = tap % g.windowWidth;
    int i = tap / g.windowWidth % g.windowHeight;
    int c = tap / (g.windowWidth * g.windowHeight);
    int py = y + i - g.padding;
    int px = x + j - g.padding;
    if (py < 0 || py >= g.height || px < 0 || px >= g.width) {
      return 0;
    }
    return images[(((long long)sample * g.channels + c) * g.height + py) * g.width + px];
  }
};

// filters as (channels, maps * window): a tap's map stands outermost in memory
struct TransposedFilters {
  const float* filters;
  int channels;
  int window;

  __device__ float operator()(int channel, int tap) const {
    int map = tap / window;
    return filters[((long long)map * channels + channel) * window + (tap - map * window)];
  }
};

// The map's activation whose window lays tap `tap` on pixel `n` of all images' pixels; 0 where there is none.
struct ActivationsUnderTaps {
  const float* maps;
  int mapCount;
  Geometry g;

  __device__ float operator()(int tap, int n) const {
    int pixels = g.height * g.width;
    int sample = n / pixels;
    int pixel = n - sample * pixels;
    int py = pixel / g.width;
    int px = pixel - py * g.width;
    int j = tap % g.windowWidth;
    int i = tap / g.windowWidth % g.windowHeight;
    int map = tap / (g.windowWidth * g.windowHeight);
    int y = py - i + g.padding;
    int x = px - j + g.padding;
    if (y < 0 || y >= g.mapHeight || x < 0 || x >= g.mapWidth) {
      return 0;
    }
    return maps[(((long long)sample * mapCount + map) * g.mapHeight + y) * g.mapWidth + x];
  }
};

// Rows are channels of the output, columns its places: place n is place n % places of sample n / places.
struct Planes {
  float* out;
  int channels;
  int places;
  const float* bias;
  int relu;

  __device__ void operator()(int channel, int n, float sum) const {
    int sample = n / places;
    float value = bias ? sum + bias[channel] : sum;
    value = relu && value < 0 ? 0 : value;
    out[((long long)sample * channels + channel) * places + (n - sample * places)] = value;
  }
};

// Tiles of maps along y, of positions along x.
extern "C" __global__ void __launch_bounds__(256) convolve(
    const float* images,
    const float* filters,
    Geometry g,
    int samples,
    int maps,
    const float* bias,
    int relu,
    float* out) {
  __shared__ Slice<64, 64> slice;
  int positions = g.mapHeight * g.mapWidth;
  int taps = g.channels * g.windowHeight * g.windowWidth;
  ForwardFilters left = {filters, taps};
  PixelsUnderTaps right = {images, g};
  Planes result = {out, maps, positions, bias, relu};
  tileProduct<64, 64, 4, 4>(
      left, right, true, false, maps, samples * positions, 0, taps, blockIdx.y * 64,
      blockIdx.x * 64, &slice, result);
}

// Tiles of channels along y, of pixels along x.
extern "C" __global__ void __launch_bounds__(256) convolveTransposed(
    const float* maps,
    const float* filters,
    Geometry g,
    int samples,
    int mapCount,
    const float* bias,
    int relu,
    float* images) {
  __shared__ Slice<64, 64> slice;
  int pixels = g.height * g.width;
  int window = g.windowHeight * g.windowWidth;
  TransposedFilters left = {filters, g.channels, window};
  ActivationsUnderTaps right = {maps, mapCount, g};
  Planes result = {images, g.channels, pixels, bias, relu};
  tileProduct<64, 64, 4, 4>(
      left, right, true, false, g.channels, samples * pixels, 0, mapCount * window,
      blockIdx.y * 64, blockIdx.x * 64, &slice, result);
}

// A convolution as a product of matrices: its columns, a row for each tap of the window with an element for each
// position of the maps, and maps and images as matrices. Positions are numbered through all samples.
#include "common.cuh"

// columns[(c, i, j), n] = the pixel under that tap at position first + n, 0 outside the image; channels along y.
extern "C" __global__ void unfold(
    const float* images, Geometry g, int first, int count, float* columns) {
  int n = (int)globalThread();
  if (n >= count) {
    return;
  }
  int positions = g.mapHeight * g.mapWidth;
  int sample = (first + n) / positions;
  int position = first + n - sample * positions;
  int top = position / g.mapWidth - g.padding;
  int left = position % g.mapWidth - g.padding;
  int window = g.windowHeight * g.windowWidth;
  for (int c = blockIdx.y; c < g.channels; c += gridDim.y) {
    const float* plane = images + ((long long)sample * g.channels + c) * g.height * g.width;
    float* column = columns + (long long)c * window * count + n;
    for (int y = top; y < top + g.windowHeight; y++) {
      for (int x = left; x < left + g.windowWidth; x++) {
        bool inside = y >= 0 && y < g.height && x >= 0 && x < g.width;
        *column = inside ? plane[y * g.width + x] : 0.0f;
        column += count;
      }
    }
  }
}

// images[sample, firstChannel + c, pixel] = bias + the sum of columns[(c, i, j), n] over what the windows of that
// sample's positions lay on the pixel; a thread a pixel. The columns are of `channels` of the channels and of all
// positions of some samples, whose images these are. `bias` may be null.
extern "C" __global__ void fold(
    const float* columns,
    Geometry g,
    int samples,
    int firstChannel,
    int channels,
    const float* bias,
    int relu,
    float* images) {
  int pixels = g.height * g.width;
  long long e = globalThread();
  if (e >= (long long)samples * channels * pixels) {
    return;
  }
  int plane = (int)(e / pixels);
  int pixel = (int)(e - (long long)plane * pixels);
  int sample = plane / channels;
  int c = plane - sample * channels;
  int bottom = pixel / g.width + g.padding;
  int right = pixel % g.width + g.padding;
  int positions = g.mapHeight * g.mapWidth;
  long long rowSize = (long long)samples * positions;
  const float* taps = columns + (long long)c * g.windowHeight * g.windowWidth * rowSize
      + (long long)sample * positions;
  float sum = 0;
  float part = 0;
  int inPart = 0;
  for (int i = 0; i < g.windowHeight; i++) {
    int y = bottom - i;
    if (y < 0 || y >= g.mapHeight) {
      continue;
    }
    for (int j = 0; j < g.windowWidth; j++) {
      int x = right - j;
      if (x >= 0 && x < g.mapWidth) {
        part += taps[(i * g.windowWidth + j) * rowSize + y * g.mapWidth + x];
        if (++inPart == PARTIAL) {
          sum += part;
          part = 0;
          inPart = 0;
        }
      }
    }
  }
  sum += part;
  float value = bias ? sum + bias[firstChannel + c] : sum;
  value = relu && value < 0 ? 0 : value;
  images[((long long)sample * g.channels + firstChannel + c) * pixels + pixel] = value;
}

// rows[map, n] = the maps' activation at position first + n; maps along y.
extern "C" __global__ void rowsOfMaps(
    const float* maps, int mapCount, int positions, int first, int count, float* rows) {
  int n = (int)globalThread();
  if (n >= count) {
    return;
  }
  int sample = (first + n) / positions;
  int position = first + n - sample * positions;
  for (int map = blockIdx.y; map < mapCount; map += gridDim.y) {
    rows[(long long)map * count + n] =
        maps[((long long)sample * mapCount + map) * positions + position];
  }
}

// The other way round: maps = relu?(rows + bias). `bias` may be null.
extern "C" __global__ void mapsOfRows(
    const float* rows,
    int mapCount,
    int positions,
    int first,
    int count,
    const float* bias,
    int relu,
    float* maps) {
  int n = (int)globalThread();
  if (n >= count) {
    return;
  }
  int sample = (first + n) / positions;
  int position = first + n - sample * positions;
  for (int map = blockIdx.y; map < mapCount; map += gridDim.y) {
    float value = rows[(long long)map * count + n];
    value = bias ? value + bias[map] : value;
    value = relu && value < 0 ? 0 : value;
    maps[((long long)sample * mapCount + map) * positions + position] = value;
  }
}

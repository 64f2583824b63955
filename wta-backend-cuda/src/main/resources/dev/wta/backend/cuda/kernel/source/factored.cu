// Gradients in factors, winners times a dense batch: materialised, or taken straight into the optimiser's step, so that
// each parameter is read and written once. A block has a unit; its threads keep the row's gradient in registers.
#include "common.cuh"
#include "step.cuh"

#define MOST_TERMS 2

// gradient[unit, :] += sum over the unit's winners of coefficient * batch[sample, :], through the window at the
// winner's position where there is one.
struct Term {
  const int* start;
  const int* end;
  const int* list;
  const int* sampleOf;
  const int* positionOf;
  const float* coefficients;
  const float* batch;
  Geometry g;
  int windowed;
  int unused;
};

// Where in the batch element `e` of the row is that a winner multiplies; -1 outside the image.
__device__ inline long long batchElement(
    const Term& term, long long sample, int position, int e, int rowSize) {
  if (!term.windowed) {
    return sample * rowSize + e;
  }
  const Geometry& g = term.g;
  int window = g.windowHeight * g.windowWidth;
  int c = e / window;
  int tap = e - c * window;
  int i = tap / g.windowWidth;
  int y = position / g.mapWidth + i - g.padding;
  int x = position % g.mapWidth + tap - i * g.windowWidth - g.padding;
  if (y < 0 || y >= g.height || x < 0 || x >= g.width) {
    return -1;
  }
  return ((sample * g.channels + c) * g.height + y) * g.width + x;
}

// Adds the term's gradient of elements from + threadIdx.x + i * blockDim.x of the unit's row.
template <int ELEMENTS>
__device__ inline void addTerm(
    const Term& term, int unit, int from, int rowSize, float* gradient) {
  float part[ELEMENTS];
#pragma unroll
  for (int i = 0; i < ELEMENTS; i++) {
    part[i] = 0;
  }
  int end = term.end[unit];
  int partial = partialTerms(end - term.start[unit]);
  int inPart = 0;
  for (int w = term.start[unit]; w < end; w++) {
    int slot = term.list ? term.list[w] : w;
    float scale = term.coefficients[slot];
    long long sample = term.sampleOf[slot];
    int position = term.windowed ? term.positionOf[slot] : 0;
#pragma unroll
    for (int i = 0; i < ELEMENTS; i++) {
      int e = from + threadIdx.x + i * blockDim.x;
      if (e < rowSize) {
        long long at = batchElement(term, sample, position, e, rowSize);
        if (at >= 0) {
          part[i] = fmaf(scale, term.batch[at], part[i]);
        }
      }
    }
    if (++inPart == partial || w + 1 == end) {  // in two levels, as all long sums here
#pragma unroll
      for (int i = 0; i < ELEMENTS; i++) {
        gradient[i] += part[i];
        part[i] = 0;
      }
      inPart = 0;
    }
  }
}

template <int ELEMENTS>
__device__ inline void spell(
    const Term& first, const Term& second, int terms, int from, int rowSize, float* gradient) {
#pragma unroll
  for (int i = 0; i < ELEMENTS; i++) {
    gradient[i] = 0;
  }
  addTerm<ELEMENTS>(first, blockIdx.x, from, rowSize, gradient);
  if (terms == MOST_TERMS) {
    addTerm<ELEMENTS>(second, blockIdx.x, from, rowSize, gradient);
  }
}

// Rows longer than a block holds are cut along y; then there is no tangent part to take out here.
template <int ELEMENTS, class Optimiser>
__device__ inline void stepRow(
    const Optimiser& optimiser,
    const Term& first,
    const Term& second,
    int terms,
    int rowSize,
    double* warps) {
  float gradient[ELEMENTS];
  int from = blockIdx.y * ELEMENTS * blockDim.x;
  spell<ELEMENTS>(first, second, terms, from, rowSize, gradient);
  long long row = (long long)blockIdx.x * rowSize;
  if (optimiser.tangent()) {
    double along = 0;  // double precision holds the squares of all float32 numbers
    double squares = 0;
#pragma unroll
    for (int i = 0; i < ELEMENTS; i++) {
      int e = from + threadIdx.x + i * blockDim.x;
      double p = e < rowSize ? optimiser.parameter[row + e] : 0;
      along += gradient[i] * p;
      squares += p * p;
    }
    along = blockSum(along, warps);
    squares = blockSum(squares, warps);
    double share = squares > 0 ? along / squares : 0;
#pragma unroll
    for (int i = 0; i < ELEMENTS; i++) {
      int e = from + threadIdx.x + i * blockDim.x;
      double parallel = e < rowSize ? share * optimiser.parameter[row + e] : 0;
      gradient[i] = (float)(gradient[i] - parallel);
    }
  }
#pragma unroll
  for (int i = 0; i < ELEMENTS; i++) {
    int e = from + threadIdx.x + i * blockDim.x;
    if (e < rowSize) {
      optimiser.apply(row + e, gradient[i]);
    }
  }
}

// out = beta * out + gradient; units along x, 1024 elements of the row along y.
extern "C" __global__ void materialise(
    Term first, Term second, int terms, float beta, int rowSize, float* out) {
  float gradient[4];
  int from = blockIdx.y * 4 * blockDim.x;
  spell<4>(first, second, terms, from, rowSize, gradient);
  for (int i = 0; i < 4; i++) {
    int e = from + threadIdx.x + i * blockDim.x;
    if (e < rowSize) {
      long long at = (long long)blockIdx.x * rowSize + e;
      out[at] = beta == 0 ? gradient[i] : beta * out[at] + gradient[i];
    }
  }
}

// For rows of up to 1024 elements.
extern "C" __global__ void sgdShortRows(
    float* parameter, float* velocity, Term first, Term second, int terms, SgdStep step,
    int rowSize) {
  __shared__ double warps[MOST_WARPS];
  Sgd optimiser = {parameter, velocity, step};
  stepRow<4>(optimiser, first, second, terms, rowSize, warps);
}

// For rows of up to 4096 elements, or of any length without the tangent part.
extern "C" __global__ void sgdLongRows(
    float* parameter, float* velocity, Term first, Term second, int terms, SgdStep step,
    int rowSize) {
  __shared__ double warps[MOST_WARPS];
  Sgd optimiser = {parameter, velocity, step};
  stepRow<16>(optimiser, first, second, terms, rowSize, warps);
}

extern "C" __global__ void adamShortRows(
    float* parameter, float* mean, float* square, Term first, Term second, int terms,
    AdamStep step, int rowSize) {
  __shared__ double warps[MOST_WARPS];
  Adam optimiser = {parameter, mean, square, step};
  stepRow<4>(optimiser, first, second, terms, rowSize, warps);
}

extern "C" __global__ void adamLongRows(
    float* parameter, float* mean, float* square, Term first, Term second, int terms,
    AdamStep step, int rowSize) {
  __shared__ double warps[MOST_WARPS];
  Adam optimiser = {parameter, mean, square, step};
  stepRow<16>(optimiser, first, second, terms, rowSize, warps);
}

// Exact winners of each sample by a product in bfloat16: what a proven bound excludes cannot win, and the rest is
// computed again, exactly.
//
// Write ^ for what is rounded to bfloat16, d for what rounding took away, |.| for Euclidean norms, K for the terms. The
// product a = x^ . w^ that tensor cores compute in some order is off x . w by at most
//
//   E = |dx| (|w^| + |dw|) + |x^| |dw| + g |x^| |w^| + t,   g = 1.01 (K + 17) 2^-22,   t = 2 K 2^-126
//
// The first two terms are Cauchy and Schwarz's bound on dx . w + x^ . dw. The third is that of K additions (Higham 2002,
// section 4.2), each of which cuts what is below a float32's last place but one: products of two bfloat16 are exact.
// The last is for operands and results below the smallest normal number, which count as 0. What is not finite is never
// excluded.
#include "digits.cuh"

#define SMALLEST_NORMAL 1.17549435e-38f
#define ROUNDED_UP 1.000001
#define LIST 1024

// x (rows, size) rounded to nearest, ties to even; norms[row] is that of the rounded row, lost[row] that of what rounding
// took away: both at least that. A block a row.
extern "C" __global__ void roundRows(
    const float* x, int size, unsigned short* rounded, float* norms, float* lost) {
  __shared__ double warps[MOST_WARPS];
  long long from = (long long)blockIdx.x * size;
  double squares = 0;
  double lostSquares = 0;
  for (int j = threadIdx.x; j < size; j += blockDim.x) {
    float number = x[from + j];
    uint32 bits = __float_as_uint(number);
    uint32 upper = number != number ? bits >> 16 | 0x40u : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    rounded[from + j] = (unsigned short)upper;
    double kept = __int_as_float((int)(upper << 16));
    double difference = number - kept;
    squares += kept * kept;
    lostSquares += difference * difference;
  }
  squares = blockSum(squares, warps);
  lostSquares = blockSum(lostSquares, warps);
  if (threadIdx.x == 0) {
    bool zeros = squares == 0 && lostSquares == 0;  // of which there is nothing to be lost
    norms[blockIdx.x] = zeros ? 0 : (float)(sqrt(squares) * ROUNDED_UP) + SMALLEST_NORMAL;
    lost[blockIdx.x] =
        zeros ? 0 : (float)((sqrt(lostSquares) + sqrt((double)size) * SMALLEST_NORMAL) * ROUNDED_UP);
  }
}

// A row's norm, and that of what rounding took away.
struct Norms {
  float rounded;
  float lost;
};

// What an activation is at most and at least, of the product `a` of what was rounded.
struct Range {
  float low;
  float high;
};

// In float32, whose roundings the last factor makes up for; what underflows on the way is part of t.
__device__ inline Range rangeOf(float a, float bias, Norms x, Norms w, int terms) {
  float g = 1.01f * (terms + 17) * 2.384186e-7f;
  float error = x.lost * (w.rounded + w.lost) + x.rounded * w.lost + g * x.rounded * w.rounded;
  error += x.rounded > 0 ? (2 * terms + 8) * SMALLEST_NORMAL : 0;
  // And the roundings of the exact product, of its sum with the bias, and of what is compared.
  error = 1.00001f * error + 5e-7f * (fabsf(a) + fabsf(bias) + error);
  float middle = a + bias;
  Range range = {middle - error, middle + error};
  return range;
}

// The bound is proven only of numbers far from overflow.
__device__ inline bool isBounded(Range range) {
  return range.low > -1e37f && range.high < 1e37f;
}

// x . w, by a warp, in every lane. In double precision, which leaves one rounding.
__device__ inline float exactProduct(const float* x, const float* w, int size) {
  double sum = 0;
  for (int j = threadIdx.x % 32; j < size; j += 32) {
    sum += (double)x[j] * w[j];
  }
  return (float)warpSum(sum);
}

// Replaces a sample's products of what was rounded, `code` (samples, units), by the exact activations, without ReLU, of
// the units that may be among its k largest positive ones, and by 0 where a unit cannot. A block a sample.
extern "C" __global__ void screenRows(
    float* code,
    int units,
    const float* bias,
    const float* samples,
    const float* weights,
    int inputs,
    const float* sampleNorms,
    const float* sampleLost,
    const float* unitNorms,
    const float* unitLost,
    int k) {
  __shared__ int histogram[BINS];
  __shared__ int warps[MOST_WARPS];
  __shared__ int list[LIST];
  __shared__ int digit;
  __shared__ int rest;
  __shared__ int total;
  int t = threadIdx.x;
  float* row = code + (long long)blockIdx.x * units;
  const float* sample = samples + (long long)blockIdx.x * inputs;
  Norms own = {sampleNorms[blockIdx.x], sampleLost[blockIdx.x]};

  // Something that k activations reach for certain: the k-th largest of the least that they are, cut to 16 bits.
  uint32 prefix = 0;
  int need = k;
  for (int shift = 24; shift >= 16; shift -= 8) {
    for (int bin = t; bin < BINS; bin += blockDim.x) {
      histogram[bin] = 0;
    }
    __syncthreads();
    for (int u = t; u < units; u += blockDim.x) {
      Norms unit = {unitNorms[u], unitLost[u]};
      Range range = rangeOf(row[u], bias[u], own, unit, inputs);
      uint32 key = isBounded(range) ? winnerKey(range.low) : 0u;
      if (key != 0 && (shift == 24 || key >> (shift + 8) == prefix)) {
        atomicAdd(&histogram[key >> shift & (BINS - 1)], 1);
      }
    }
    __syncthreads();
    if (t < 32) {
      findDigit(histogram, need, &digit, &rest, &total);
    }
    __syncthreads();
    if (shift == 24 && total < k) {
      prefix = 0;  // so few are certainly positive: whatever may be positive may win
      break;
    }
    prefix = prefix << 8 | (uint32)digit;
    need = rest;
    __syncthreads();  // before the next digit replaces this one
  }
  float reached = prefix == 0 ? 0 : __int_as_float((int)(prefix << 16));

  int listed = 0;
  for (int from = 0; from < units; from += blockDim.x) {
    int u = from + t;
    bool mayWin = false;
    if (u < units) {
      Norms unit = {unitNorms[u], unitLost[u]};
      Range range = rangeOf(row[u], bias[u], own, unit, inputs);
      mayWin = !isBounded(range) || (range.high > 0 && range.high >= reached);
      row[u] = 0;
    }
    Rank rank = blockRank(mayWin, warps);
    if (mayWin) {
      list[listed + rank.before] = u;
    }
    listed += rank.total;
    __syncthreads();
    if (listed > LIST - (int)blockDim.x || from + (int)blockDim.x >= units) {
      for (int i = t / 32; i < listed; i += blockDim.x / 32) {
        int candidate = list[i];
        float product = exactProduct(sample, weights + (long long)candidate * inputs, inputs);
        if (t % 32 == 0) {
          row[candidate] = product + bias[candidate];
        }
      }
      listed = 0;
      __syncthreads();  // before others are listed
    }
  }
}

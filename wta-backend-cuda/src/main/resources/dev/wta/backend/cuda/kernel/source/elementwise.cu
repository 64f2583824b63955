// Operations on each element by itself.
#include "common.cuh"

__device__ inline float unary(int function, float x) {
  switch (function) {
    case 0:  // RELU
      return x < 0 ? 0 : x;
    case 1:  // SIGMOID
      return 1 / (1 + expf(-x));
    case 2:  // TANH
      return tanhf(x);
    case 3:  // EXP
      return expf(x);
    case 4:  // SQRT
      return sqrtf(x);
    case 5:  // SQUARE
      return x * x;
    case 6:  // ABS
      return fabsf(x);
    case 7:  // STEP
      return x > 0 ? 1 : 0;
    default:  // SOFTPLUS
      return (x > 0 ? x : 0) + log1pf(expf(-fabsf(x)));
  }
}

__device__ inline float binary(int function, float x, float y) {
  switch (function) {
    case 0:  // ADD
      return x + y;
    case 1:  // SUBTRACT
      return x - y;
    case 2:  // MULTIPLY
      return x * y;
    case 3:  // DIVIDE
      return x / y;
    case 4:  // RELU_GRADIENT
      return y > 0 ? x : 0;
    default:  // SIGMOID_GRADIENT
      return x * y * (1 - y);
  }
}

// out[i] = f(x[i])
extern "C" __global__ void mapElements(int function, const float* x, float* out, long long size) {
  long long i = globalThread();
  if (i < size) {
    out[i] = unary(function, x[i]);
  }
}

// out[i] = f(x[i], y[i])
extern "C" __global__ void zipElements(
    int function, const float* x, const float* y, float* out, long long size) {
  long long i = globalThread();
  if (i < size) {
    out[i] = binary(function, x[i], y[i]);
  }
}

// out[i, j] = f(x[i, j], row[j])
extern "C" __global__ void zipRow(
    int function, const float* x, const float* row, float* out, int rowSize, long long size) {
  long long i = globalThread();
  if (i < size) {
    out[i] = binary(function, x[i], row[i % rowSize]);
  }
}

// out[i, j] = f(x[i, j], column[i])
extern "C" __global__ void zipColumn(
    int function, const float* x, const float* column, float* out, int rowSize, long long size) {
  long long i = globalThread();
  if (i < size) {
    out[i] = binary(function, x[i], column[i / rowSize]);
  }
}

// out[i] = scale * x[i] + shift
extern "C" __global__ void affine(
    float scale, const float* x, float shift, float* out, long long size) {
  long long i = globalThread();
  if (i < size) {
    out[i] = scale * x[i] + shift;
  }
}

// out[i] = min(max(x[i], low), high); NaN stays NaN
extern "C" __global__ void clip(
    const float* x, float low, float high, float* out, long long size) {
  long long i = globalThread();
  if (i < size) {
    float value = x[i];
    value = value < low ? low : value;
    out[i] = value > high ? high : value;
  }
}

// y[i] += alpha * x[i]
extern "C" __global__ void axpy(float alpha, const float* x, float* y, long long size) {
  long long i = globalThread();
  if (i < size) {
    y[i] += alpha * x[i];
  }
}

// x[i, j] = relu?(x[i, j] + bias[j]): what a product by cuBLAS still lacks; `bias` may be null
extern "C" __global__ void finish(
    float* x, const float* bias, int relu, int rowSize, long long size) {
  long long i = globalThread();
  if (i < size) {
    float value = bias ? x[i] + bias[i % rowSize] : x[i];
    x[i] = relu && value < 0 ? 0 : value;
  }
}

// out = relu?(alpha * op(a) * op(b) + beta * out + bias), for where cuBLAS is absent or sums too long.
#include "tile.cuh"

struct Matrix {
  const float* values;
  int rowSize;
  int transposed;

  __device__ float operator()(int row, int column) const {
    return transposed ? values[(long long)column * rowSize + row]
                      : values[(long long)row * rowSize + column];
  }
};

struct Scaled {
  float* out;
  int rowSize;
  float alpha;
  float beta;
  const float* bias;
  int relu;

  __device__ void operator()(int row, int column, float sum) const {
    long long at = (long long)row * rowSize + column;
    float value = alpha * sum;
    if (beta != 0) {
      value += beta * out[at];
    }
    if (bias) {
      value += bias[column];
    }
    out[at] = relu && value < 0 ? 0 : value;
  }
};

template <int M, int N, int TM, int TN>
__device__ inline void product(
    Matrix a, Matrix b, Scaled out, int m, int n, int k, Slice<M, N>* slice) {
  int tilesAcross = (n + N - 1) / N;
  int row = blockIdx.x / tilesAcross * M;
  int column = blockIdx.x % tilesAcross * N;
  tileProduct<M, N, TM, TN>(
      a, b, !a.transposed, b.transposed, m, n, 0, k, row, column, slice, out);
}

// Tiles of 64 x 64, for products that would not fill the device with larger ones.
extern "C" __global__ void __launch_bounds__(256) gemmSmall(
    const float* a,
    int transposeA,
    const float* b,
    int transposeB,
    int m,
    int n,
    int k,
    float alpha,
    float beta,
    const float* bias,
    int relu,
    float* out) {
  __shared__ Slice<64, 64> slice;
  Matrix left = {a, transposeA ? m : k, transposeA};
  Matrix right = {b, transposeB ? k : n, transposeB};
  Scaled result = {out, n, alpha, beta, bias, relu};
  product<64, 64, 4, 4>(left, right, result, m, n, k, &slice);
}

// Tiles of 128 x 64.
extern "C" __global__ void __launch_bounds__(256, 2) gemmLarge(
    const float* a,
    int transposeA,
    const float* b,
    int transposeB,
    int m,
    int n,
    int k,
    float alpha,
    float beta,
    const float* bias,
    int relu,
    float* out) {
  __shared__ Slice<128, 64> slice;
  Matrix left = {a, transposeA ? m : k, transposeA};
  Matrix right = {b, transposeB ? k : n, transposeB};
  Scaled result = {out, n, alpha, beta, bias, relu};
  product<128, 64, 8, 4>(left, right, result, m, n, k, &slice);
}

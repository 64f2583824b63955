// cuBLAS without a device: matrices have columns first, and sums are in double precision. Included by driver.cpp.
#pragma once

// What a handle holds.
struct Products {
  CUstream stream;
  bool hasWorkspace;
};

EXPORT int cublasCreate_v2(void** handle) {
  std::lock_guard<std::mutex> guard(lock);
  int status = failing("cublasCreate");
  if (status != 0 || current == nullptr) {
    return status != 0 ? status : 1;
  }
  *handle = new Products{nullptr, false};
  libraries++;
  return 0;
}

EXPORT int cublasDestroy_v2(void* handle) {
  delete static_cast<Products*>(handle);
  libraries--;
  return 0;
}

EXPORT int cublasSetStream_v2(void* handle, CUstream stream) {
  *static_cast<Products*>(handle) = {stream, false};
  return 0;
}

EXPORT int cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
  std::lock_guard<std::mutex> guard(lock);
  auto address = reinterpret_cast<CUdeviceptr>(workspace);
  if (address % 256 != 0 || !inside(address, bytes)) {
    return 7;
  }
  static_cast<Products*>(handle)->hasWorkspace = bytes > 0;
  return 0;
}

EXPORT const char* cublasGetStatusString(int) {
  return "CUBLAS_STATUS_OF_THE_MOCK";
}

enum { FLOAT32 = 0, BFLOAT16 = 14 };

// A number cut to the upper bits of a float32, to nearest, ties to even.
static float roundedTo(int bits, float value) {
  uint32_t word = __float_as_uint(value);
  if (value != value) {
    return value;
  }
  uint32_t lower = (1u << (32 - bits)) - 1;
  word += (lower >> 1) + (word >> (32 - bits) & 1);
  return __int_as_float(static_cast<int>(word & ~lower));
}

// The float32 that is no larger: tensor cores need not round to nearest when they add up.
static double cut(double value) {
  auto rounded = static_cast<float>(value);
  return std::fabs(rounded) > std::fabs(value) ? std::nextafter(rounded, 0.0f) : rounded;
}

// An operand's element, as products with that compute type take it.
static double operand(const void* matrix, int type, int compute, size_t place) {
  if (type == BFLOAT16) {
    return __int_as_float(static_cast<const uint16_t*>(matrix)[place] << 16);
  }
  float value = static_cast<const float*>(matrix)[place];
  return compute == 75 ? roundedTo(16, value) : compute == 77 ? roundedTo(19, value) : value;
}

// An operand's elements as products with that compute type take them, each row's or column's `terms` one after another.
static std::vector<double> rounded(
    const void* matrix, int type, int compute, int count, int terms, int stride, int termStride) {
  std::vector<double> elements(static_cast<size_t>(count) * terms);
  for (int i = 0; i < count; i++) {
    for (int p = 0; p < terms; p++) {
      elements[static_cast<size_t>(i) * terms + p] = operand(
          matrix, type, compute, static_cast<size_t>(i) * stride + static_cast<size_t>(p) * termStride);
    }
  }
  return elements;
}

EXPORT int cublasGemmEx(
    void* handle, int transposeA, int transposeB, int m, int n, int k, const void* alpha, const void* a,
    int typeA, int lda, const void* b, int typeB, int ldb, const void* beta, void* c, int typeC,
    int ldc, int compute, int algorithm) {
  std::lock_guard<std::mutex> guard(lock);
  int status = failing("cublasGemmEx");
  if (status != 0) {
    return status;
  }
  const Products& products = *static_cast<Products*>(handle);
  if (current != of(products.stream)->context) {
    return 14;
  }
  if (!products.hasWorkspace) {
    return 3;  // it would take memory of its own, which a graph would hold
  }
  if ((typeA != FLOAT32 && typeA != BFLOAT16) || typeB != typeA || typeC != FLOAT32 || algorithm != -1 || lda < (transposeA ? k : m) ||
      ldb < (transposeB ? n : k) || ldc < m || (compute != 68 && compute != 75 && compute != 77)) {
    return 7;
  }
  auto* out = static_cast<float*>(c);
  float scale = *static_cast<const float*>(alpha);
  float keep = *static_cast<const float*>(beta);
  auto work = [=] {
    std::vector<double> left = rounded(a, typeA, compute, m, k, transposeA ? lda : 1, transposeA ? 1 : lda);
    std::vector<double> right = rounded(b, typeB, compute, n, k, transposeB ? 1 : ldb, transposeB ? ldb : 1);
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        const double* x = left.data() + static_cast<size_t>(i) * k;
        const double* y = right.data() + static_cast<size_t>(j) * k;
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += x[p] * y[p];
          sum = typeA == BFLOAT16 ? cut(sum) : sum;
        }
        float* place = out + static_cast<size_t>(j) * ldc + i;
        *place = static_cast<float>(scale * sum + (keep == 0 ? 0 : static_cast<double>(keep) * *place));
      }
    }
    return true;
  };
  streams::launch(of(products.stream), handle, work);
  return 0;
}

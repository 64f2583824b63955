// cuBLAS without a device: matrices have columns first, and sums are in double precision. Included by driver.cpp.
#pragma once

EXPORT int cublasCreate_v2(void** handle) {
  std::lock_guard<std::mutex> guard(lock);
  int status = failing("cublasCreate");
  if (status != 0 || current == nullptr) {
    return status != 0 ? status : 1;
  }
  *handle = new CUstream(nullptr);
  libraries++;
  return 0;
}

EXPORT int cublasDestroy_v2(void* handle) {
  delete static_cast<CUstream*>(handle);
  libraries--;
  return 0;
}

EXPORT int cublasSetStream_v2(void* handle, CUstream stream) {
  *static_cast<CUstream*>(handle) = stream;
  return 0;
}

EXPORT const char* cublasGetStatusString(int) {
  return "CUBLAS_STATUS_OF_THE_MOCK";
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
  if (current != of(*static_cast<CUstream*>(handle))->context) {
    return 14;
  }
  if (typeA != 0 || typeB != 0 || typeC != 0 || algorithm != -1 || lda < (transposeA ? k : m) ||
      ldb < (transposeB ? n : k) || ldc < m || (compute != 68 && compute != 75 && compute != 77)) {
    return 7;
  }
  const auto* left = static_cast<const float*>(a);
  const auto* right = static_cast<const float*>(b);
  auto* out = static_cast<float*>(c);
  float scale = *static_cast<const float*>(alpha);
  float keep = *static_cast<const float*>(beta);
  auto work = [=] {
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          double x = transposeA ? left[static_cast<size_t>(i) * lda + p] : left[static_cast<size_t>(p) * lda + i];
          double y = transposeB ? right[static_cast<size_t>(p) * ldb + j] : right[static_cast<size_t>(j) * ldb + p];
          sum += x * y;
        }
        float* place = out + static_cast<size_t>(j) * ldc + i;
        *place = static_cast<float>(scale * sum + (keep == 0 ? 0 : static_cast<double>(keep) * *place));
      }
    }
    return true;
  };
  streams::put(of(*static_cast<CUstream*>(handle)), {work, {}, streams::KERNEL});
  return 0;
}

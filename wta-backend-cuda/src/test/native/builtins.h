// CUDA's built-ins as far as the kernels use them, for a host compiler.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "fibres.h"

struct Index3 {
  unsigned x;
  unsigned y;
  unsigned z;
};

static Index3 threadIdx;
static Index3 blockIdx;
static Index3 blockDim;
static Index3 gridDim;

#define __global__
#define __device__
#define __launch_bounds__(...)
// Blocks run one after the other, so what a block shares may be static. A source's shared memory has a section of its
// own, so that the launcher can spoil it between blocks: what a kernel does not write, it must not read.
#define __shared__ static __attribute__((section(WTA_SHARED_SECTION)))

static inline int min(int a, int b) {
  return a < b ? a : b;
}

static inline int max(int a, int b) {
  return a > b ? a : b;
}

static inline void __syncthreads() {
  fibres::awaitBlock();
}

static inline uint32_t __float_as_uint(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float __int_as_float(int bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

static inline int __popc(uint32_t bits) {
  return __builtin_popcount(bits);
}

static inline uint32_t __umulhi(uint32_t a, uint32_t b) {
  return static_cast<uint32_t>(static_cast<uint64_t>(a) * b >> 32);
}

static inline uint32_t __ballot_sync(uint32_t, bool flag) {
  const uint64_t* words = fibres::exchange(flag ? 1 : 0);
  uint32_t lanes = fibres::participants();
  uint32_t raised = 0;
  for (int lane = 0; lane < 32; lane++) {
    if (lanes >> lane & 1 && words[lane]) {
      raised |= 1u << lane;
    }
  }
  return raised;
}

template <typename T>
static inline T laneValue(const uint64_t* words, int lane) {
  T value;
  std::memcpy(&value, &words[lane], sizeof value);
  return value;
}

template <typename T>
static inline const uint64_t* exchangeValue(T value) {
  uint64_t word = 0;
  std::memcpy(&word, &value, sizeof value);
  return fibres::exchange(word);
}

template <typename T>
static inline T __shfl_xor_sync(uint32_t, T value, int mask) {
  int lane = threadIdx.x % 32;
  return laneValue<T>(exchangeValue(value), lane ^ mask);
}

// Lanes without one `offset` below keep their own.
template <typename T>
static inline T __shfl_up_sync(uint32_t, T value, int offset) {
  int lane = threadIdx.x % 32;
  return laneValue<T>(exchangeValue(value), lane >= offset ? lane - offset : lane);
}

template <typename T>
static inline T atomicAdd(T* place, T value) {
  T before = *place;
  *place = before + value;
  return before;
}

// Philox4x32-10, the streams that dev.wta.api.random.Philox defines; a thread a block of four numbers.
#include "common.cuh"

struct Block {
  uint32 lane[4];
};

__device__ inline Block philox(uint64 seed, uint64 stream, uint64 block) {
  uint32 c0 = (uint32)block;
  uint32 c1 = (uint32)(block >> 32);
  uint32 c2 = (uint32)stream;
  uint32 c3 = (uint32)(stream >> 32);
  uint32 k0 = (uint32)seed;
  uint32 k1 = (uint32)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    uint32 high0 = __umulhi(0xD2511F53u, c0);
    uint32 low0 = 0xD2511F53u * c0;
    uint32 high1 = __umulhi(0xCD9E8D57u, c2);
    uint32 low1 = 0xCD9E8D57u * c2;
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  Block numbers = {{c0, c1, c2, c3}};
  return numbers;
}

__device__ inline float toUniform(uint32 bits) {
  return (float)(bits >> 8) * 5.9604644775390625e-8f;  // 2^-24
}

// Box and Muller's transform, in double precision as the reference has it.
__device__ inline void toNormal(uint32 first, uint32 second, float* normal) {
  double radius = sqrt(-2 * log(((double)first + 1) * 2.3283064365386963e-10));  // 2^-32
  double angle = 6.283185307179586 * ((double)second * 2.3283064365386963e-10);
  normal[0] = (float)(radius * cos(angle));
  normal[1] = (float)(radius * sin(angle));
}

extern "C" __global__ void uniformNumbers(uint64 seed, uint64 stream, float* out, long long size) {
  long long block = globalThread();
  if (block * 4 >= size) {
    return;
  }
  Block numbers = philox(seed, stream, (uint64)block);
  for (int i = 0; i < 4 && block * 4 + i < size; i++) {
    out[block * 4 + i] = toUniform(numbers.lane[i]);
  }
}

extern "C" __global__ void normalNumbers(
    uint64 seed, uint64 stream, float mean, float deviation, float* out, long long size) {
  long long block = globalThread();
  if (block * 4 >= size) {
    return;
  }
  Block numbers = philox(seed, stream, (uint64)block);
  float normal[4];
  toNormal(numbers.lane[0], numbers.lane[1], normal);
  toNormal(numbers.lane[2], numbers.lane[3], normal + 2);
  for (int i = 0; i < 4 && block * 4 + i < size; i++) {
    out[block * 4 + i] = (float)(mean + (double)deviation * normal[i]);
  }
}

// out[i] = 1 where the i-th uniform number is below probabilities[i], else 0.
extern "C" __global__ void bernoulliNumbers(
    uint64 seed, uint64 stream, const float* probabilities, float* out, long long size) {
  long long block = globalThread();
  if (block * 4 >= size) {
    return;
  }
  Block numbers = philox(seed, stream, (uint64)block);
  for (int i = 0; i < 4 && block * 4 + i < size; i++) {
    out[block * 4 + i] = toUniform(numbers.lane[i]) < probabilities[block * 4 + i] ? 1 : 0;
  }
}

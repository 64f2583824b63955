// What several kernels share. Plain CUDA C++ over built-ins: NVRTC, nvcc and, through a shim of the built-ins, a host
// compiler all take it. Blocks have a multiple of 32 threads, along x.
#ifndef WTA_COMMON_CUH
#define WTA_COMMON_CUH

typedef unsigned int uint32;
typedef unsigned long long uint64;

#define ALL_LANES 0xffffffffu
#define MOST_WARPS 32

// Terms of a partial sum; partial sums then add up. One running float32 sum would round too much, see
// dev.wta.api.backend.Backend. Very long sums have longer parts, so that these do not become too many in turn.
#define PARTIAL 64
__device__ inline int partialTerms(int terms) {
  return max(PARTIAL, (int)(sqrtf((float)terms) / 2));
}

// The thread's place in the grid, for one element a thread.
__device__ inline long long globalThread() {
  return (long long)blockIdx.x * blockDim.x + threadIdx.x;
}

// NaN wins, so that it comes out of a maximum as it went in.
__device__ inline float largerOrNan(float a, float b) {
  return a > b || a != a ? a : b;
}

// The same bits in every lane: each step adds the same two numbers on both sides.
template <typename T>
__device__ inline T warpSum(T value) {
  for (int offset = 16; offset > 0; offset >>= 1) {
    value += __shfl_xor_sync(ALL_LANES, value, offset);
  }
  return value;
}

__device__ inline float warpMaximum(float value) {
  for (int offset = 16; offset > 0; offset >>= 1) {
    value = largerOrNan(value, __shfl_xor_sync(ALL_LANES, value, offset));
  }
  return value;
}

// The sum over the block, in every thread. `warps` is shared, one number a warp.
template <typename T>
__device__ inline T blockSum(T value, T* warps) {
  value = warpSum(value);
  __syncthreads();  // an earlier sum has been read
  if (threadIdx.x % 32 == 0) {
    warps[threadIdx.x / 32] = value;
  }
  __syncthreads();
  T total = 0;
  for (unsigned w = 0; w < blockDim.x / 32; w++) {
    total += warps[w];
  }
  return total;
}

__device__ inline float blockMaximum(float value, float* warps) {
  value = warpMaximum(value);
  __syncthreads();
  if (threadIdx.x % 32 == 0) {
    warps[threadIdx.x / 32] = value;
  }
  __syncthreads();
  float largest = warps[0];
  for (unsigned w = 1; w < blockDim.x / 32; w++) {
    largest = largerOrNan(largest, warps[w]);
  }
  return largest;
}

// Where a block's threads stand among those that raised a flag: how many did before this thread, and in all.
struct Rank {
  int before;
  int total;
};

// `warps` is shared, one number a warp. All threads of the block call it.
__device__ inline Rank blockRank(bool flag, int* warps) {
  uint32 raised = __ballot_sync(ALL_LANES, flag);
  int lane = threadIdx.x % 32;
  unsigned warp = threadIdx.x / 32;
  __syncthreads();
  if (lane == 0) {
    warps[warp] = __popc(raised);
  }
  __syncthreads();
  Rank rank = {__popc(raised & ((1u << lane) - 1)), 0};
  for (unsigned w = 0; w < blockDim.x / 32; w++) {
    rank.before += w < warp ? warps[w] : 0;
    rank.total += warps[w];
  }
  return rank;
}

// What a winner's activation sorts by: positive numbers' bits ascend as they do. 0 never wins: NaN, and what is not
// positive.
__device__ inline uint32 winnerKey(float activation) {
  return activation > 0 ? __float_as_uint(activation) : 0u;
}

// Where winners are stored: a slot each, -1 for the sample of a slot that is free.
struct Slots {
  int* sample;
  int* unit;
  int* position;
  float* value;
};

// The slots of a unit's or a sample's winners: list[i], or i itself without a list, for start <= i < end.
struct Index {
  const int* start;
  const int* end;
  const int* list;
};

__device__ inline int slotAt(Index index, int i) {
  return index.list ? index.list[i] : i;
}

// A convolution's sizes: images (samples, channels, height, width), maps (samples, maps, mapHeight, mapWidth).
struct Geometry {
  int channels;
  int height;
  int width;
  int windowHeight;
  int windowWidth;
  int padding;
  int mapHeight;
  int mapWidth;
};

#endif

// The slots of each unit's, or each sample's, winners: counted, given room, placed, and put in slot order. Atomics
// count whole numbers only, and the last steps undo the order in which they placed, so the result is always the same.
#include "common.cuh"

// A key with more winners than this has them sorted, a stretch of places at a time; of others, ranks are counted.
#define SHORT 32
#define STRETCH 1024

// counts[key] += 1 for each winner; a thread a slot. Free slots have the sample -1.
extern "C" __global__ void countWinners(
    const int* keys, const int* samples, int slots, int* counts) {
  int slot = (int)globalThread();
  if (slot < slots && samples[slot] >= 0) {
    atomicAdd(&counts[keys[slot]], 1);
  }
}

// start[i] = the sum of counts[0..i), end[i] = start[i] + counts[i], total = the sum of all. One block. Any of the
// results may be null; start may be the counts.
extern "C" __global__ void scan(const int* counts, int count, int* start, int* end, int* total) {
  __shared__ int warps[MOST_WARPS];
  int lane = threadIdx.x % 32;
  unsigned warp = threadIdx.x / 32;
  int before = 0;
  for (int from = 0; from < count; from += blockDim.x) {
    int i = from + threadIdx.x;
    int own = i < count ? counts[i] : 0;
    int inclusive = own;
    for (int offset = 1; offset < 32; offset <<= 1) {
      int other = __shfl_up_sync(ALL_LANES, inclusive, offset);
      inclusive += lane >= offset ? other : 0;
    }
    __syncthreads();
    if (lane == 31) {
      warps[warp] = inclusive;
    }
    __syncthreads();
    int ahead = before + inclusive - own;
    for (unsigned w = 0; w < blockDim.x / 32; w++) {
      ahead += w < warp ? warps[w] : 0;
      before += warps[w];
    }
    if (i < count) {
      if (start) {
        start[i] = ahead;
      }
      if (end) {
        end[i] = ahead + own;
      }
    }
  }
  if (threadIdx.x == 0 && total) {
    *total = before;
  }
}

// Puts each winner's slot somewhere in its key's room; counts[key] goes down to 0.
extern "C" __global__ void placeWinners(
    const int* keys, const int* samples, int slots, const int* start, int* counts, int* placed) {
  int slot = (int)globalThread();
  if (slot < slots && samples[slot] >= 0) {
    int key = keys[slot];
    placed[start[key] + atomicAdd(&counts[key], -1) - 1] = slot;
  }
}

// Sorts each stretch of places by key, as they are, and slot, if a key there has many winners; a block a stretch.
// Batcher's bitonic network.
extern "C" __global__ void sortPlaces(
    const int* keys, const int* total, const int* start, const int* end, int* placed) {
  __shared__ uint64 pairs[STRETCH];
  __shared__ int wanted;
  int from = blockIdx.x * STRETCH;
  int count = min(STRETCH, *total - from);
  if (threadIdx.x == 0) {
    wanted = 0;
  }
  __syncthreads();
  for (int i = threadIdx.x; i < STRETCH; i += blockDim.x) {
    uint64 pair = ~0ull;  // behind all others
    if (i < count) {
      int slot = placed[from + i];
      int key = keys[slot];
      pair = (uint64)key << 32 | slot;
      if (end[key] - start[key] > SHORT) {
        wanted = 1;
      }
    }
    pairs[i] = pair;
  }
  __syncthreads();
  if (!wanted) {
    return;  // the whole block
  }
  for (int length = 2; length <= STRETCH; length *= 2) {
    for (int distance = length / 2; distance > 0; distance /= 2) {
      for (int i = threadIdx.x; i < STRETCH / 2; i += blockDim.x) {
        int lower = 2 * i - (i & (distance - 1));
        uint64 a = pairs[lower];
        uint64 b = pairs[lower + distance];
        bool descending = (lower & length) != 0;
        if ((a > b) != descending) {
          pairs[lower] = b;
          pairs[lower + distance] = a;
        }
      }
      __syncthreads();
    }
  }
  for (int i = threadIdx.x; i < count; i += blockDim.x) {
    placed[from + i] = (int)pairs[i];
  }
}

// How many of the places from `from` to `to`, which are sorted, have smaller slots.
__device__ inline int smaller(const int* placed, int from, int to, int slot) {
  int low = from;
  int high = to;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (placed[middle] < slot) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - from;
}

// Puts each placed slot where its rank among its key's is; a thread a place.
extern "C" __global__ void orderWinners(
    const int* keys,
    const int* placed,
    const int* total,
    int places,
    const int* start,
    const int* end,
    int* list) {
  int i = (int)globalThread();
  if (i >= places || i >= *total) {
    return;
  }
  int slot = placed[i];
  int key = keys[slot];
  int first = start[key];
  int last = end[key];
  int rank = 0;
  if (last - first <= SHORT) {
    for (int other = first; other < last; other++) {
      rank += placed[other] < slot ? 1 : 0;
    }
  } else {
    for (int from = first; from < last;) {
      int to = min(last, (from / STRETCH + 1) * STRETCH);
      rank += smaller(placed, from, to, slot);
      from = to;
    }
  }
  list[first + rank] = slot;
}

// The slots of each unit's, or each sample's, winners: counted, given room, placed, and put in slot order. Atomics
// count whole numbers only, and the last step undoes the order in which they placed, so the result is always the same.
#include "common.cuh"

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
  int rank = 0;
  for (int other = start[key]; other < end[key]; other++) {
    rank += placed[other] < slot ? 1 : 0;
  }
  list[start[key] + rank] = slot;
}

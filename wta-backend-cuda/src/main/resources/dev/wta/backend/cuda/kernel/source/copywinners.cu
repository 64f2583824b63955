// Copies of winners, all or some of them, and what is known of them as a whole.
#include "common.cuh"

// What is copied: winners of units and of ranks from the first up to the end, positive ones or all. `ranks`, by slots,
// may be null.
struct Chosen {
  int firstUnit;
  int endUnit;
  int firstRank;
  int endRank;
  const int* ranks;
  int positive;
};

// Each range of slots keeps its place and its order, without what is not copied; a warp a range. The target's slots
// hold no winners before, and its ranges nothing.
//   spread           unit u becomes spread[u]; may be null
//   rangesAreUnits   ranges are of units, or else of samples
extern "C" __global__ void copyWinners(
    Slots from,
    const int* start,
    const int* end,
    int ranges,
    int rangesAreUnits,
    Chosen chosen,
    const int* spread,
    Slots to,
    int* toStart,
    int* toEnd) {
  int range = (int)(globalThread() / 32);
  if (range >= ranges) {
    return;  // the whole warp
  }
  int lane = threadIdx.x % 32;
  int first = start[range];
  int last = end[range];
  int copied = 0;
  for (int i = first; i < last; i += 32) {
    int slot = i + lane;
    bool wanted = slot < last;
    int unit = wanted ? from.unit[slot] : 0;
    wanted = wanted && unit >= chosen.firstUnit && unit < chosen.endUnit;
    if (wanted && chosen.ranks) {
      wanted = chosen.ranks[slot] >= chosen.firstRank && chosen.ranks[slot] < chosen.endRank;
    }
    if (wanted && chosen.positive) {
      wanted = from.value[slot] > 0.0f;
    }
    uint32 all = __ballot_sync(ALL_LANES, wanted);
    if (wanted) {
      int at = first + copied + __popc(all & ((1u << lane) - 1));
      to.sample[at] = from.sample[slot];
      to.unit[at] = spread ? spread[unit] : unit;
      to.position[at] = from.position[slot];
      to.value[at] = from.value[slot];
    }
    copied += __popc(all);
  }
  if (lane == 0 && copied > 0) {
    int target = spread && rangesAreUnits ? spread[range] : range;
    toStart[target] = first;
    toEnd[target] = first + copied;
  }
}

// ranks[slot] = how many winners of its sample are larger, or as large and before it; a warp a sample.
extern "C" __global__ void rankWinners(
    Index ofSample, const float* values, int samples, int* ranks) {
  int sample = (int)(globalThread() / 32);
  if (sample >= samples) {
    return;  // the whole warp
  }
  int start = ofSample.start[sample];
  int end = ofSample.end[sample];
  for (int i = start + threadIdx.x % 32; i < end; i += 32) {
    int slot = slotAt(ofSample, i);
    float own = values[slot];
    int rank = 0;
    for (int j = start; j < end; j++) {
      float other = values[slotAt(ofSample, j)];
      rank += other > own || (other == own && j < i) ? 1 : 0;
    }
    ranks[slot] = rank;
  }
}

// least[block] = the smallest value of the block's stretch of slots, infinite where none has a winner. Without
// `sampleOf`, all have one.
extern "C" __global__ void leastWinner(
    const int* sampleOf, const float* values, int slots, int stretch, float* least) {
  __shared__ float warps[MOST_WARPS];
  int from = blockIdx.x * stretch;
  int to = min(slots, from + stretch);
  float largest = -__int_as_float(0x7f800000);
  for (int i = from + threadIdx.x; i < to; i += blockDim.x) {
    if (!sampleOf || sampleOf[i] >= 0) {
      largest = largerOrNan(largest, -values[i]);
    }
  }
  largest = blockMaximum(largest, warps);
  if (threadIdx.x == 0) {
    least[blockIdx.x] = -largest;
  }
}

// Winner selection in groups, a block a group: the k-th largest key by its digits, most significant first, then the
// winners in index order. NaN and what is not positive have the key 0, which never wins.
#include "digits.cuh"

// What separates winners from the rest: keys above `threshold` win, and of those equal to it the first `ties`.
struct Cut {
  uint32 threshold;
  int ties;
};

// A group's elements in the code, in index order.
struct Group {
  const float* code;
  const float* bias;  // added to every activation; may be null
  int biasStride;     // 0: all elements have the group's bias
  int inner;          // so many elements side by side,
  long long outer;    // then as many again this far on

  __device__ long long place(int j) const {
    return j / inner * outer + j % inner;
  }

  __device__ float activation(int j) const {
    float value = code[place(j)];
    return bias ? value + bias[(long long)j * biasStride] : value;
  }
};

// Selects the k largest of each group. With `kept`, a tensor like the code, winners keep their values there and all
// else becomes 0. Without, winners go to the group's slots from group * room on.
//   groupsAreUnits   groups are units and elements (sample, position); otherwise the other way round
//   reduced          the position of each (sample, unit) of a code that spatial sparsity has reduced; may be null
//   nans             counts NaN; null where they were counted before
extern "C" __global__ void selectGroups(
    const float* code,
    const float* bias,
    int groupSize,
    int inner,
    long long outer,
    long long groupStride,
    int k,
    float* kept,
    int firstGroup,
    int groupsAreUnits,
    int positions,
    const int* reduced,
    int units,
    int room,
    int* start,
    int* end,
    Slots slots,
    uint64* nans) {
  __shared__ int histogram[BINS];
  __shared__ int warps[MOST_WARPS];
  __shared__ int digit;
  __shared__ int rest;
  __shared__ int total;
  int t = threadIdx.x;
  int g = firstGroup + blockIdx.x;
  Group group = {
      code + blockIdx.x * groupStride,
      bias && groupsAreUnits ? bias + g : bias,
      groupsAreUnits ? 0 : 1,
      inner,
      outer};

  Cut cut = {0, 0};
  int need = k;
  uint32 prefix = 0;
  for (int shift = 24; shift >= 0; shift -= 8) {
    for (int bin = t; bin < BINS; bin += blockDim.x) {
      histogram[bin] = 0;
    }
    __syncthreads();
    int seenNans = 0;
    for (int j = t; j < groupSize; j += blockDim.x) {
      float activation = group.activation(j);
      uint32 key = winnerKey(activation);
      seenNans += activation != activation ? 1 : 0;
      if (key != 0 && (shift == 24 || key >> (shift + 8) == prefix)) {
        atomicAdd(&histogram[key >> shift & (BINS - 1)], 1);
      }
    }
    if (shift == 24 && nans) {
      seenNans = warpSum(seenNans);
      if (t % 32 == 0 && seenNans > 0) {
        atomicAdd(nans, (uint64)seenNans);
      }
    }
    __syncthreads();
    if (t < 32) {
      findDigit(histogram, need, &digit, &rest, &total);
    }
    __syncthreads();
    if (shift == 24 && total <= k) {
      prefix = 0;  // all that can win, does
      need = 0;
      break;
    }
    prefix = prefix << 8 | (uint32)digit;
    need = rest;
    __syncthreads();  // before the next digit replaces this one
  }
  cut.threshold = prefix;
  cut.ties = need;

  int above = 0;
  int ties = 0;
  for (int from = 0; from < groupSize; from += blockDim.x) {
    int j = from + t;
    float activation = j < groupSize ? group.activation(j) : 0;
    uint32 key = winnerKey(activation);
    bool isAbove = key > cut.threshold;
    bool isTie = cut.threshold != 0 && key == cut.threshold;
    Rank aboveRank = blockRank(isAbove, warps);
    Rank tieRank = blockRank(isTie, warps);
    int tiesBefore = ties + tieRank.before;
    bool wins = isAbove || (isTie && tiesBefore < cut.ties);
    if (kept) {
      if (j < groupSize) {
        kept[blockIdx.x * groupStride + group.place(j)] = wins ? activation : 0;
      }
    } else if (wins) {
      int slot = g * room + above + aboveRank.before + min(tiesBefore, cut.ties);
      int other = j / positions;
      int sample = groupsAreUnits ? other : g;
      int unit = groupsAreUnits ? g : other;
      slots.sample[slot] = sample;
      slots.unit[slot] = unit;
      slots.position[slot] = reduced ? reduced[sample * units + unit] : j % positions;
      slots.value[slot] = activation;
    }
    above += aboveRank.total;
    ties += tieRank.total;
  }
  if (!kept) {
    int winners = above + min(ties, cut.ties);
    for (int i = winners + t; i < room; i += blockDim.x) {
      slots.sample[g * room + i] = -1;
    }
    if (t == 0) {
      start[g] = g * room;
      end[g] = g * room + winners;
    }
  }
}

// Spatial sparsity, a warp a map: the largest positive activation of each, 0 where there is none, and its position.
extern "C" __global__ void spatialMaxima(
    const float* code, int positions, int maps, float* maxima, int* places, uint64* nans) {
  int map = (int)(globalThread() / 32);
  if (map >= maps) {
    return;  // the whole warp
  }
  int lane = threadIdx.x % 32;
  float best = 0;
  int at = positions;
  int seenNans = 0;
  for (int p = lane; p < positions; p += 32) {
    float activation = code[(long long)map * positions + p];
    seenNans += activation != activation ? 1 : 0;
    if (activation > best) {
      best = activation;
      at = p;
    }
  }
  for (int offset = 16; offset > 0; offset >>= 1) {
    float otherBest = __shfl_xor_sync(ALL_LANES, best, offset);
    int otherAt = __shfl_xor_sync(ALL_LANES, at, offset);
    if (otherBest > best || (otherBest == best && otherAt < at)) {
      best = otherBest;
      at = otherAt;
    }
  }
  seenNans = warpSum(seenNans);
  if (lane == 0) {
    maxima[map] = best;
    places[map] = best > 0 ? at : 0;
    if (nans && seenNans > 0) {
      atomicAdd(nans, (uint64)seenNans);
    }
  }
}

// What exceeds its unit's threshold keeps its value, all else becomes 0.
extern "C" __global__ void keepAbove(
    const float* code,
    const float* thresholds,
    int positions,
    int units,
    float* kept,
    long long size,
    uint64* nans) {
  long long e = globalThread();
  if (e >= size) {
    return;
  }
  float activation = code[e];
  if (nans && activation != activation) {
    atomicAdd(nans, (uint64)1);
  }
  bool wins = activation > 0 && activation > thresholds[e / positions % units];
  kept[e] = wins ? activation : 0;
}

// counts[n] = the positive activations of sample n, a block each.
extern "C" __global__ void countRows(const float* code, int rowSize, int* counts) {
  __shared__ int warps[MOST_WARPS];
  const float* row = code + (long long)blockIdx.x * rowSize;
  int count = 0;
  for (int j = threadIdx.x; j < rowSize; j += blockDim.x) {
    count += row[j] > 0 ? 1 : 0;
  }
  count = blockSum(count, warps);
  if (threadIdx.x == 0) {
    counts[blockIdx.x] = count;
  }
}

// Every positive activation of sample n goes to a slot, from start[n] on, a block a sample.
extern "C" __global__ void emitRows(
    const float* code,
    int rowSize,
    int positions,
    const int* reduced,
    int units,
    const int* start,
    Slots slots) {
  __shared__ int warps[MOST_WARPS];
  int sample = blockIdx.x;
  const float* row = code + (long long)sample * rowSize;
  int slot = start[sample];
  for (int from = 0; from < rowSize; from += blockDim.x) {
    int j = from + threadIdx.x;
    float activation = j < rowSize ? row[j] : 0;
    bool wins = activation > 0;
    Rank rank = blockRank(wins, warps);
    if (wins) {
      int unit = j / positions;
      slots.sample[slot + rank.before] = sample;
      slots.unit[slot + rank.before] = unit;
      slots.position[slot + rank.before] =
          reduced ? reduced[sample * units + unit] : j % positions;
      slots.value[slot + rank.before] = activation;
    }
    slot += rank.total;
  }
}

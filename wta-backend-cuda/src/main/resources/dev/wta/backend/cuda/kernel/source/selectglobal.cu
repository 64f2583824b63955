// The k largest of a whole code: its histogram digit by digit, by all blocks, and then a pass in index order.
#include "common.cuh"

#define BINS 256

// What is known of the k-th largest key.
struct Search {
  uint32 prefix;  // its digits so far; at last, the key itself, or 0 where all that can win does
  int need;       // how many of those that share them win
  int all;        // whether all that can win does
  int unused;
};

// histogram[d] += the keys that share the prefix and have the digit d next. It holds zeros before.
extern "C" __global__ void globalHistogram(
    const float* code, long long size, const Search* search, int shift, int* histogram,
    uint64* nans) {
  __shared__ int own[BINS];
  for (int bin = threadIdx.x; bin < BINS; bin += blockDim.x) {
    own[bin] = 0;
  }
  __syncthreads();
  uint32 prefix = search->prefix;
  int seenNans = 0;
  for (long long i = globalThread(); i < size; i += (long long)gridDim.x * blockDim.x) {
    float activation = code[i];
    uint32 key = winnerKey(activation);
    seenNans += activation != activation ? 1 : 0;
    if (key != 0 && (shift == 24 || key >> (shift + 8) == prefix)) {
      atomicAdd(&own[key >> shift & (BINS - 1)], 1);
    }
  }
  seenNans = warpSum(seenNans);
  if (nans && threadIdx.x % 32 == 0 && seenNans > 0) {
    atomicAdd(nans, (uint64)seenNans);
  }
  __syncthreads();
  for (int bin = threadIdx.x; bin < BINS; bin += blockDim.x) {
    if (own[bin] > 0) {
      atomicAdd(&histogram[bin], own[bin]);
    }
  }
}

// Takes the next digit from the histogram, which it clears. One block of 256 threads.
extern "C" __global__ void globalDigit(Search* search, int* histogram, int shift, int k) {
  __shared__ int bins[BINS];
  bins[threadIdx.x] = histogram[threadIdx.x];
  histogram[threadIdx.x] = 0;
  __syncthreads();
  if (threadIdx.x > 0) {
    return;
  }
  Search found = *search;
  int need = shift == 24 ? k : found.need;
  int bin = BINS - 1;
  while (bin >= 0 && bins[bin] < need) {
    need -= bins[bin];
    bin--;
  }
  if (shift == 24 && bin < 0) {
    found.all = 1;
  }
  found.prefix = found.all ? 0 : found.prefix << 8 | (uint32)bin;
  found.need = found.all ? 0 : need;
  *search = found;
}

// counts[block] = the keys of the block's stretch that equal the threshold.
extern "C" __global__ void globalTies(
    const float* code, long long size, const Search* search, int stretch, int* counts) {
  __shared__ int warps[MOST_WARPS];
  uint32 threshold = search->prefix;
  long long from = (long long)blockIdx.x * stretch;
  long long to = from + stretch < size ? from + stretch : size;
  int count = 0;
  for (long long i = from + threadIdx.x; i < to; i += blockDim.x) {
    count += threshold != 0 && winnerKey(code[i]) == threshold ? 1 : 0;
  }
  count = blockSum(count, warps);
  if (threadIdx.x == 0) {
    counts[blockIdx.x] = count;
  }
}

// Winners keep their values, all else becomes 0. tiesBefore[block] are the ties ahead of the block's stretch. `kept`
// may be the code itself.
extern "C" __global__ void globalKeep(
    const float* code,
    long long size,
    const Search* search,
    int stretch,
    const int* tiesBefore,
    float* kept) {
  __shared__ int warps[MOST_WARPS];
  uint32 threshold = search->prefix;
  int need = search->need;
  int ties = tiesBefore[blockIdx.x];
  long long from = (long long)blockIdx.x * stretch;
  long long to = from + stretch < size ? from + stretch : size;
  for (long long chunk = from; chunk < to; chunk += blockDim.x) {
    long long i = chunk + threadIdx.x;
    float activation = i < to ? code[i] : 0;
    uint32 key = winnerKey(activation);
    bool tie = threshold != 0 && key == threshold;
    Rank rank = blockRank(tie, warps);
    bool wins = key > threshold || (tie && ties + rank.before < need);
    if (i < to) {
      kept[i] = wins ? activation : 0;
    }
    ties += rank.total;
  }
}

// The k-th largest of many keys by their digits, most significant first: a histogram of each digit says which bin the
// key is in.
#ifndef WTA_DIGITS_CUH
#define WTA_DIGITS_CUH

#include "common.cuh"

#define BINS 256

// Which bin holds the `need`-th key from the top, and how many of it are needed; by one warp.
__device__ inline void findDigit(const int* histogram, int need, int* digit, int* rest, int* total) {
  int lane = threadIdx.x % 32;
  int own = 0;
  for (int i = 0; i < BINS / 32; i++) {
    own += histogram[BINS - 1 - lane * (BINS / 32) - i];
  }
  int inclusive = own;
  for (int offset = 1; offset < 32; offset <<= 1) {
    int other = __shfl_up_sync(ALL_LANES, inclusive, offset);
    inclusive += lane >= offset ? other : 0;
  }
  int before = inclusive - own;
  if (before < need && need <= inclusive) {
    for (int i = 0; i < BINS / 32; i++) {
      int bin = BINS - 1 - lane * (BINS / 32) - i;
      if (before + histogram[bin] >= need) {
        *digit = bin;
        *rest = need - before;
        break;
      }
      before += histogram[bin];
    }
  }
  if (lane == 31) {
    *total = inclusive;
  }
}

#endif

// Winners to and from the dense code, and their sums by unit.
#include "common.cuh"

__device__ inline long long placeInCode(
    const int* sampleOf, const int* unitOf, const int* positionOf, int slot, int units,
    int positions) {
  return ((long long)sampleOf[slot] * units + unitOf[slot]) * positions + positionOf[slot];
}

// code[winner] = its coefficient; the code holds zeros.
extern "C" __global__ void scatterWinners(
    const int* sampleOf,
    const int* unitOf,
    const int* positionOf,
    int slots,
    int units,
    int positions,
    const float* coefficients,
    float* code) {
  int slot = (int)globalThread();
  if (slot < slots && sampleOf[slot] >= 0) {
    code[placeInCode(sampleOf, unitOf, positionOf, slot, units, positions)] = coefficients[slot];
  }
}

// Each winner's coefficient = what the dense code has there.
extern "C" __global__ void gatherWinners(
    const int* sampleOf,
    const int* unitOf,
    const int* positionOf,
    int slots,
    int units,
    int positions,
    const float* code,
    float* coefficients) {
  int slot = (int)globalThread();
  if (slot < slots && sampleOf[slot] >= 0) {
    coefficients[slot] = code[placeInCode(sampleOf, unitOf, positionOf, slot, units, positions)];
  }
}

// out[u] = the sum of unit u's winners' coefficients, a warp a unit.
extern "C" __global__ void unitSums(
    Index ofUnit, const float* coefficients, int units, float* out) {
  int unit = (int)(globalThread() / 32);
  if (unit >= units) {
    return;  // the whole warp
  }
  float sum = 0;
  for (int i = ofUnit.start[unit] + threadIdx.x % 32; i < ofUnit.end[unit]; i += 32) {
    sum += coefficients[slotAt(ofUnit, i)];
  }
  sum = warpSum(sum);
  if (threadIdx.x % 32 == 0) {
    out[unit] = sum;
  }
}

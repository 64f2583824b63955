// Words of 32 bits, whatever they mean. The driver could fill and copy as well; as kernels, both go into graphs with the
// rest of a step.
#include "common.cuh"

// to[i] = word
extern "C" __global__ void fillWords(uint32 word, uint32* to, long long count) {
  long long i = globalThread();
  if (i < count) {
    to[i] = word;
  }
}

// to[i] = from[i]
extern "C" __global__ void copyWords(const uint32* from, uint32* to, long long count) {
  long long i = globalThread();
  if (i < count) {
    to[i] = from[i];
  }
}

// The softmax cross-entropy, a block a sample.
#include "common.cuh"

// gradient[i] = softmax(logits[i]) - onehot(labels[i]); losses[i] = -log softmax(logits[i])[labels[i]].
// The gradient may replace the logits. A label that is no class makes both NaN.
extern "C" __global__ void softmaxCrossEntropy(
    const float* logits, const float* labels, float* gradient, double* losses, int classes) {
  __shared__ float warps[MOST_WARPS];
  const float* scores = logits + (long long)blockIdx.x * classes;
  float* slope = gradient + (long long)blockIdx.x * classes;
  float wanted = labels[blockIdx.x];
  if (!(wanted >= 0 && wanted < classes && wanted == (int)wanted)) {  // no class: the whole block
    float nan = __int_as_float(0x7fc00000);
    for (int j = threadIdx.x; j < classes; j += blockDim.x) {
      slope[j] = nan;
    }
    if (threadIdx.x == 0) {
      losses[blockIdx.x] = nan;
    }
    return;
  }
  int label = (int)wanted;
  float atLabel = scores[label];
  float largest = -__int_as_float(0x7f800000);
  for (int j = threadIdx.x; j < classes; j += blockDim.x) {
    largest = largerOrNan(largest, scores[j]);
  }
  largest = blockMaximum(largest, warps);
  float partition = 0;
  for (int j = threadIdx.x; j < classes; j += blockDim.x) {
    partition += expf(scores[j] - largest);  // at most 1 each: nothing overflows
  }
  partition = blockSum(partition, warps);
  for (int j = threadIdx.x; j < classes; j += blockDim.x) {
    float probability = expf(scores[j] - largest) / partition;
    slope[j] = j == label ? probability - 1 : probability;
  }
  if (threadIdx.x == 0) {
    losses[blockIdx.x] = (double)logf(partition) - ((double)atLabel - largest);
  }
}

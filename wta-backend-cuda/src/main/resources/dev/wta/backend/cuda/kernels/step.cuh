// The optimisers' arithmetic on one parameter, shared by dense and factored gradients.
#ifndef WTA_STEP_CUH
#define WTA_STEP_CUH

struct SgdStep {
  float rate;
  float momentum;
  float decay;
  int tangent;
};

struct AdamStep {
  float rate;
  float beta1;
  float beta2;
  float newShare1;  // 1 - beta1
  float newShare2;  // 1 - beta2
  float meanCorrection;    // 1 - beta1^t
  float squareCorrection;  // 1 - beta2^t
  float epsilon;
  float decay;
  int tangent;
};

struct Sgd {
  float* parameter;
  float* velocity;
  SgdStep step;

  __device__ int tangent() const {
    return step.tangent;
  }

  __device__ void apply(long long e, float gradient) const {
    float p = parameter[e];
    float next = step.momentum * velocity[e] - step.rate * (gradient + step.decay * p);
    velocity[e] = next;
    parameter[e] = p + next;
  }
};

struct Adam {
  float* parameter;
  float* mean;
  float* square;
  AdamStep step;

  __device__ int tangent() const {
    return step.tangent;
  }

  __device__ void apply(long long e, float gradient) const {
    float p = parameter[e];
    float m = step.beta1 * mean[e] + step.newShare1 * gradient;
    float v = step.beta2 * square[e] + step.newShare2 * gradient * gradient;
    mean[e] = m;
    square[e] = v;
    float direction =
        m / step.meanCorrection / (sqrtf(v / step.squareCorrection) + step.epsilon);
    parameter[e] = p - step.rate * (direction + step.decay * p);
  }
};

#endif

// The optimisers' arithmetic on one parameter, shared by dense and factored gradients.
#ifndef WTA_STEP_CUH
#define WTA_STEP_CUH

#define LARGEST 3.402823466e38f
// Beside a smaller epsilon the root of a v that underflowed would show.
#define SMALL_EPSILON 9.1e-13f

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
    if (!(fabsf(next) <= LARGEST)) {  // on the way at least
      double wide = (double)step.momentum * velocity[e]
          - step.rate * ((double)gradient + (double)step.decay * p);
      velocity[e] = (float)wide;
      parameter[e] = (float)(p + wide);
      return;
    }
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
    float corrected = v / step.squareCorrection;
    float direction = m / step.meanCorrection / (sqrtf(corrected) + step.epsilon);
    if (step.epsilon < SMALL_EPSILON || !(corrected + fabsf(direction) <= LARGEST)) {
      applyWide(e, gradient);
      return;
    }
    mean[e] = m;
    square[e] = v;
    parameter[e] = p - step.rate * (direction + step.decay * p);
  }

  // In double precision, for where float32 cannot hold a square, or a quotient on the way.
  __device__ void applyWide(long long e, double gradient) const {
    double p = parameter[e];
    double m = (double)step.beta1 * mean[e] + (1.0 - step.beta1) * gradient;
    double v = (double)step.beta2 * square[e] + (1.0 - step.beta2) * gradient * gradient;
    mean[e] = (float)m;
    square[e] = (float)v;
    double direction =
        m / step.meanCorrection / (sqrt(v / step.squareCorrection) + step.epsilon);
    parameter[e] = (float)(p - step.rate * (direction + step.decay * p));
  }
};

#endif

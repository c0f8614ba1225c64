#include "CVectorKernels.h"
#include "Exponential.h"

MDLM_DISPATCH
void mdlm_add_bias(float *z, const float *bias, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, z += width)
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) z[j] += bias[j];
}

// GELU in its tanh form is x · sigmoid(2u) with u = √(2/π) · (x + 0.044715 x³).
#define TWO_ROOT_TWO_OVER_PI 1.5957691216057308f
#define CUBIC 0.044715f

MDLM_INLINE float sigmoid(float x) { return 1.0f / (1.0f + mdlm_exp(-x)); }

MDLM_INLINE float gelu(float x) {
#pragma clang fp contract(fast)
  return x * sigmoid(TWO_ROOT_TWO_OVER_PI * (x + CUBIC * x * x * x));
}

MDLM_DISPATCH
void mdlm_bias_gelu(float *z, const float *bias, float *a, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, z += width, a += width) {
    if (bias) {
      MDLM_INDEPENDENT
      for (size_t j = 0; j < width; j++) {
        const float x = z[j] + bias[j];
        z[j] = x;
        a[j] = gelu(x);
      }
    } else {
      MDLM_INDEPENDENT
      for (size_t j = 0; j < width; j++) a[j] = gelu(z[j]);
    }
  }
}

// (x s)′ = s + x s (1 − s) · 2u′ with s = sigmoid(2u).
MDLM_DISPATCH
void mdlm_gelu_backward(const float *z, const float *da, float *dz, size_t count) {
#pragma clang fp contract(fast)
  MDLM_INDEPENDENT
  for (size_t j = 0; j < count; j++) {
    const float x = z[j];
    const float s = sigmoid(TWO_ROOT_TWO_OVER_PI * (x + CUBIC * x * x * x));
    const float slope = TWO_ROOT_TWO_OVER_PI * (1.0f + 3.0f * CUBIC * x * x);
    dz[j] = da[j] * (s + x * s * (1.0f - s) * slope);
  }
}

MDLM_DISPATCH
void mdlm_silu(const float *x, float *y, size_t count) {
  MDLM_INDEPENDENT
  for (size_t j = 0; j < count; j++) y[j] = x[j] * sigmoid(x[j]);
}

MDLM_DISPATCH
void mdlm_silu_backward(const float *x, const float *dy, float *dx, int accumulate, size_t count) {
#pragma clang fp contract(fast)
  MDLM_INDEPENDENT
  for (size_t j = 0; j < count; j++) {
    const float s = sigmoid(x[j]);
    const float gradient = dy[j] * (s + x[j] * s * (1.0f - s));
    dx[j] = accumulate ? dx[j] + gradient : gradient;
  }
}

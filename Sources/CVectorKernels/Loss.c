#include "CVectorKernels.h"
#include "Exponential.h"

MDLM_DISPATCH
void mdlm_cross_entropy(float *logits, const float *bias, const int32_t *targets,
                        const float *weights, ptrdiff_t excluded, float *nll, size_t rows,
                        size_t width) {
  MDLM_FAST_SUMS
  for (size_t row = 0; row < rows; row++, logits += width) {
    if (bias)
      MDLM_INDEPENDENT
      for (size_t j = 0; j < width; j++) logits[j] += bias[j];
    const float lowest = -3.0e38f;
    if (excluded >= 0) logits[excluded] = lowest;
    const float largest = mdlm_largest(logits, width);
    const float target = logits[targets[row]];
    float sum = 0;
    for (size_t j = 0; j < width; j++) {
      const float e = mdlm_exp(logits[j] - largest);
      logits[j] = e;
      sum += e;
    }
    if (excluded >= 0) {
      sum -= logits[excluded]; // e⁻⁸⁷, where the clamp put it
      logits[excluded] = 0;
    }
    nll[row] = (float)(log((double)sum) + (double)largest - (double)target);
    if (!weights) continue;
    const float factor = weights[row] / sum;
    for (size_t j = 0; j < width; j++) logits[j] *= factor;
    logits[targets[row]] -= weights[row];
  }
}

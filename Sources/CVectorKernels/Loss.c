#include "CVectorKernels.h"
#include "Exponential.h"

MDLM_DISPATCH
void mdlm_softmax_tile(float *logits, const float *bias, const int32_t *targets, ptrdiff_t excluded,
                       ptrdiff_t other, size_t first, float *largest, float *sum, float *target,
                       float *other_logit, size_t rows, size_t width) {
  MDLM_FAST_SUMS
  const ptrdiff_t left_out = excluded - (ptrdiff_t)first;
  const int leaves_out = left_out >= 0 && left_out < (ptrdiff_t)width;
  const ptrdiff_t read = other - (ptrdiff_t)first;
  const int reads_other = read >= 0 && read < (ptrdiff_t)width;
  for (size_t row = 0; row < rows; row++, logits += width) {
    if (bias)
      MDLM_INDEPENDENT
      for (size_t j = 0; j < width; j++) logits[j] += bias[j];
    if (leaves_out) logits[left_out] = -3.0e38f;
    const ptrdiff_t answer = (ptrdiff_t)targets[row] - (ptrdiff_t)first;
    if (answer >= 0 && answer < (ptrdiff_t)width) target[row] = logits[answer];
    if (reads_other) other_logit[row] = logits[read];
    const float most = mdlm_largest(logits, width);
    float total = 0;
    for (size_t j = 0; j < width; j++) {
      const float e = mdlm_exp(logits[j] - most);
      logits[j] = e;
      total += e;
    }
    if (leaves_out) {
      total -= logits[left_out]; // 1 where nothing else is in the tile, else where the clamp put it
      logits[left_out] = 0;
    }
    largest[row] = most;
    sum[row] = total;
  }
}

MDLM_DISPATCH
void mdlm_logit_gradient(float *exponentials, const float *largest, const float *log_sum,
                         const float *softmax_factors, const float *target_factors,
                         const float *other_factors, const int32_t *targets, ptrdiff_t other,
                         size_t first, float *column_sums, size_t rows, size_t width) {
  const ptrdiff_t added = other - (ptrdiff_t)first;
  const int adds_other = added >= 0 && added < (ptrdiff_t)width;
  for (size_t row = 0; row < rows; row++, exponentials += width) {
    const float factor = softmax_factors[row] * mdlm_exp(largest[row] - log_sum[row]);
    const ptrdiff_t answer = (ptrdiff_t)targets[row] - (ptrdiff_t)first;
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) exponentials[j] *= factor;
    if (answer >= 0 && answer < (ptrdiff_t)width) exponentials[answer] -= target_factors[row];
    if (adds_other) exponentials[added] += other_factors[row];
    if (!column_sums) continue;
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) column_sums[j] += exponentials[j];
  }
}

#include "CVectorKernels.h"
#include "Exponential.h"

// Rotation of the plane (a, b) by the angle of its position; the backward pass rotates back.
MDLM_DISPATCH
void mdlm_rotate(const float *x, size_t stride_x, float *y, size_t stride_y, const float *cosine,
                 const float *sine, float direction, const int32_t *positions, size_t rows,
                 size_t head) {
#pragma clang fp contract(fast)
  const size_t half = head / 2;
  for (size_t row = 0; row < rows; row++, x += stride_x, y += stride_y) {
    const size_t position = positions ? (size_t)positions[row] : row;
    const float *c = cosine + position * half, *s = sine + position * half;
    MDLM_INDEPENDENT
    for (size_t j = 0; j < half; j++) {
      const float a = x[j], b = x[half + j], sine_j = direction * s[j];
      y[j] = a * c[j] - b * sine_j;
      y[half + j] = b * c[j] + a * sine_j;
    }
  }
}

MDLM_DISPATCH
void mdlm_softmax_scores(float *scores, float scale, float *inverse_sum, float *log_sum,
                         size_t rows, size_t width) {
  MDLM_FAST_SUMS
  for (size_t row = 0; row < rows; row++, scores += width) {
    const float largest = mdlm_largest(scores, width);
    float sum = 0;
    for (size_t j = 0; j < width; j++) {
      const float e = mdlm_exp(scale * (scores[j] - largest));
      scores[j] = e;
      sum += e;
    }
    inverse_sum[row] = 1.0f / sum;
    log_sum[row] = scale * largest + logf(sum);
  }
}

MDLM_DISPATCH
void mdlm_probabilities(float *scores, float scale, const float *log_sum, size_t rows,
                        size_t width) {
#pragma clang fp contract(fast)
  for (size_t row = 0; row < rows; row++, scores += width) {
    const float offset = log_sum[row];
    for (size_t j = 0; j < width; j++) scores[j] = mdlm_exp(scale * scores[j] - offset);
  }
}

MDLM_DISPATCH
void mdlm_softmax_backward(const float *p, float *dp, const float *delta, float scale, size_t rows,
                           size_t width) {
  for (size_t row = 0; row < rows; row++, p += width, dp += width) {
    const float d = delta[row];
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) dp[j] = p[j] * (dp[j] - d) * scale;
  }
}

MDLM_DISPATCH
void mdlm_scale_rows(float *x, size_t stride, const float *factor, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, x += stride) {
    const float f = factor[row];
    for (size_t j = 0; j < width; j++) x[j] *= f;
  }
}

MDLM_DISPATCH
void mdlm_row_dots(const float *a, size_t stride_a, const float *b, size_t stride_b, float *out,
                   size_t rows, size_t width) {
  MDLM_FAST_SUMS
  for (size_t row = 0; row < rows; row++, a += stride_a, b += stride_b) {
    float sum = 0;
    for (size_t j = 0; j < width; j++) sum += a[j] * b[j];
    out[row] = sum;
  }
}

MDLM_DISPATCH
void mdlm_copy_rows(const float *x, size_t stride_x, float *y, size_t stride_y, size_t rows,
                    size_t width) {
  for (size_t row = 0; row < rows; row++, x += stride_x, y += stride_y)
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) y[j] = x[j];
}

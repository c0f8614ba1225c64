#include "CVectorKernels.h"
#include "Dispatch.h"
#include <math.h>

MDLM_DISPATCH
void mdlm_layer_norm(const float *x, const float *gain, const float *shift, float *y, float *mean,
                     float *rstd, float epsilon, size_t rows, size_t width) {
  MDLM_FAST_SUMS
  for (size_t row = 0; row < rows; row++, x += width, y += width) {
    float sum = 0;
    for (size_t j = 0; j < width; j++) sum += x[j];
    const float m = sum / (float)width;
    float squares = 0; // a second pass, not E[x²] − m²: that cancels when |m| is large
    for (size_t j = 0; j < width; j++) squares += (x[j] - m) * (x[j] - m);
    const float r = 1.0f / sqrtf(squares / (float)width + epsilon);
    mean[row] = m;
    rstd[row] = r;
    if (shift)
      for (size_t j = 0; j < width; j++) y[j] = (x[j] - m) * r * gain[j] + shift[j];
    else
      for (size_t j = 0; j < width; j++) y[j] = (x[j] - m) * r * gain[j];
  }
}

// With g = dy · gain and x̂ the normalized row: dx = rstd · (g − mean(g) − x̂ · mean(g · x̂)).
MDLM_DISPATCH
void mdlm_layer_norm_backward(const float *x, const float *gain, const float *mean,
                              const float *rstd, const float *dy, float *dx, int accumulate,
                              float *sum_dy_xhat, float *sum_dy, size_t rows, size_t width) {
  MDLM_FAST_SUMS
  for (size_t row = 0; row < rows; row++, x += width, dy += width, dx += width) {
    const float m = mean[row], r = rstd[row];
    float sum = 0, dot = 0;
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) {
      const float xhat = (x[j] - m) * r, g = dy[j] * gain[j];
      sum += g;
      dot += g * xhat;
      sum_dy_xhat[j] += dy[j] * xhat;
      sum_dy[j] += dy[j];
    }
    sum /= (float)width;
    dot /= (float)width;
    if (accumulate)
      for (size_t j = 0; j < width; j++)
        dx[j] += r * (dy[j] * gain[j] - sum - (x[j] - m) * r * dot);
    else
      for (size_t j = 0; j < width; j++)
        dx[j] = r * (dy[j] * gain[j] - sum - (x[j] - m) * r * dot);
  }
}

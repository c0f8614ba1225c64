#include "CVectorKernels.h"
#include "Dispatch.h"

MDLM_DISPATCH
void mdlm_gated_add(const float *x, const float *gate, const float *branch, float *y, size_t rows,
                    size_t width) {
#pragma clang fp contract(fast)
  for (size_t row = 0; row < rows; row++, x += width, branch += width, y += width)
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) y[j] = x[j] + gate[j] * branch[j];
}

MDLM_DISPATCH
void mdlm_gated_add_backward(const float *dy, const float *gate, const float *branch,
                             float *dbranch, float *sum, size_t rows, size_t width) {
#pragma clang fp contract(fast)
  for (size_t row = 0; row < rows; row++, dy += width, branch += width, dbranch += width)
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) {
      sum[j] += dy[j] * branch[j];
      dbranch[j] = gate[j] * dy[j];
    }
}

MDLM_DISPATCH
void mdlm_dropout(const float *x, float *y, float rate, const uint32_t key[2], uint32_t step,
                  uint32_t stream, uint32_t first_row, size_t rows, size_t width) {
  const uint32_t threshold = (uint32_t)((double)rate * 4294967296.0);
  const float scale = 1.0f / (1.0f - rate);
  for (size_t row = 0; row < rows; row++, x += width, y += width)
    for (size_t j = 0; j < width; j += 4) {
      const uint32_t counter[4] = {(uint32_t)(j / 4), first_row + (uint32_t)row, step, stream};
      uint32_t words[4];
      mdlm_philox(counter, key, words);
      const size_t lanes = width - j < 4 ? width - j : 4;
      for (size_t lane = 0; lane < lanes; lane++)
        y[j + lane] = words[lane] < threshold ? 0.0f : x[j + lane] * scale;
    }
}

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

#include "CVectorKernels.h"
#include "Dispatch.h"

MDLM_DISPATCH
void mdlm_accumulate(const float *x, float factor, float *y, size_t count) {
#pragma clang fp contract(fast)
  MDLM_INDEPENDENT
  for (size_t j = 0; j < count; j++) y[j] += factor * x[j];
}

MDLM_DISPATCH
void mdlm_add_column_sums(const float *x, float *sum, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, x += width)
    MDLM_INDEPENDENT
    for (size_t j = 0; j < width; j++) sum[j] += x[j];
}

MDLM_DISPATCH
double mdlm_sum_of_squares(const float *x, size_t count) {
  MDLM_FAST_SUMS
  double total = 0;
  for (size_t start = 0; start < count; start += 1024) {
    const size_t end = count - start < 1024 ? count : start + 1024;
    float sum = 0;
    for (size_t j = start; j < end; j++) sum += x[j] * x[j];
    total += (double)sum;
  }
  return total;
}

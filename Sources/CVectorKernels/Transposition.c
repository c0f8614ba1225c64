#include "CVectorKernels.h"
#include "Dispatch.h"
#include <string.h>

typedef float lanes __attribute__((ext_vector_type(8)));

#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define ODD(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define FIRST(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define LAST(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

// Eight rows of eight, by exchanging single columns, then pairs, then halves.
MDLM_INLINE void transpose_eight(const float *x, size_t stride_x, float *y, size_t stride_y) {
  lanes r[8], s[8];
  for (int i = 0; i < 8; i++) memcpy(&r[i], x + i * stride_x, sizeof r[i]);
  for (int i = 0; i < 8; i += 2) {
    s[i] = LOW(r[i], r[i + 1]);
    s[i + 1] = HIGH(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    r[i] = EVEN(s[i], s[i + 2]);
    r[i + 1] = ODD(s[i], s[i + 2]);
    r[i + 2] = EVEN(s[i + 1], s[i + 3]);
    r[i + 3] = ODD(s[i + 1], s[i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    s[i] = FIRST(r[i], r[i + 4]);
    s[i + 4] = LAST(r[i], r[i + 4]);
  }
  for (int i = 0; i < 8; i++) memcpy(y + i * stride_y, &s[i], sizeof s[i]);
}

MDLM_DISPATCH
void mdlm_transpose(const float *x, size_t stride_x, float *y, size_t stride_y, size_t rows,
                    size_t columns) {
  const size_t whole_rows = rows / 8 * 8, whole_columns = columns / 8 * 8;
  for (size_t i = 0; i < whole_rows; i += 8)
    for (size_t j = 0; j < whole_columns; j += 8)
      transpose_eight(x + i * stride_x + j, stride_x, y + j * stride_y + i, stride_y);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++)
      y[j * stride_y + i] = x[i * stride_x + j];
}

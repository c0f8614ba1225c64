#include "CVectorKernels.h"
#include "Dispatch.h"

enum { LANES = 16, COLUMNS = 4 * LANES };

// mdlm_philox for LANES counters that start with `first`, first + 1, …: four words each, in order.
MDLM_INLINE void mdlm_philox_lanes(uint32_t first, uint32_t address, uint32_t step,
                                   uint32_t stream, const uint32_t key[2], uint32_t *words) {
  // Four vectors at once hide the latency of the multiplications.
  MDLM_INDEPENDENT _Pragma("clang loop interleave_count(4)")
  for (uint32_t lane = 0; lane < LANES; lane++) {
    // Only the low halves count: with the products kept whole no vector is packed between rounds.
    uint64_t c0 = first + lane, c1 = address, c2 = step, c3 = stream;
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
      uint64_t p0 = (uint64_t)0xD2511F53u * (uint32_t)c0;
      uint64_t p1 = (uint64_t)0xCD9E8D57u * (uint32_t)c2;
      c0 = (p1 >> 32) ^ c1 ^ k0;
      c1 = p1;
      c2 = (p0 >> 32) ^ c3 ^ k1;
      c3 = p0;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    words[4 * lane] = (uint32_t)c0;
    words[4 * lane + 1] = (uint32_t)c1;
    words[4 * lane + 2] = (uint32_t)c2;
    words[4 * lane + 3] = (uint32_t)c3;
  }
}

MDLM_INLINE void mdlm_drop(const float *x, float *y, const uint32_t *words, uint32_t threshold,
                           float scale, size_t count) {
  MDLM_INDEPENDENT
  for (size_t j = 0; j < count; j++) y[j] = words[j] < threshold ? 0.0f : x[j] * scale;
}

MDLM_DISPATCH
void mdlm_dropout(const float *x, float *y, float rate, const uint32_t key[2], uint32_t step,
                  uint32_t stream, const uint32_t *addresses, size_t rows, size_t width) {
  const uint32_t threshold = (uint32_t)((double)rate * 4294967296.0);
  const float scale = 1.0f / (1.0f - rate);
  for (size_t row = 0; row < rows; row++, x += width, y += width)
    for (size_t j = 0; j < width; j += COLUMNS) {
      uint32_t words[COLUMNS];
      mdlm_philox_lanes((uint32_t)(j / 4), addresses[row], step, stream, key, words);
      // A constant count spares whole blocks the checks of the tail.
      if (width - j >= COLUMNS)
        mdlm_drop(x + j, y + j, words, threshold, scale, COLUMNS);
      else
        mdlm_drop(x + j, y + j, words, threshold, scale, width - j);
    }
}

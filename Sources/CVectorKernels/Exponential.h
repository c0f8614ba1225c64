#pragma once
#include "Dispatch.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

// eˣ to about one unit in the last place, without branches, so that loops over it vectorize.
// x = n ln 2 + r with |r| ≤ ln 2 / 2; eʳ by its Taylor polynomial of degree 7; 2ⁿ by exponent bits.
// Arguments outside [−87.3, 88.7] are clamped: the result is then 1.2e-38 or 3e38, never 0 or ∞.
MDLM_INLINE float mdlm_exp(float x) {
#pragma clang fp reassociate(off) contract(fast)
  const float shift = 12582912.0f; // 1.5 · 2²³: adding it rounds to an integer in the low bits
  x = x < -87.3f ? -87.3f : x;
  x = x > 88.7f ? 88.7f : x;
  float shifted = x * 1.44269504088896341f + shift;
  float n = shifted - shift;
  float r = x - n * 0.693145751953125f; // ln 2 in two parts: n · high is exact
  r = r - n * 1.42860682030941723e-6f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  // 2ⁿ in two factors, since n reaches 128.
  int32_t exponent = bits - 0x4B400000, half = exponent >> 1;
  int32_t first = (half + 127) << 23, second = (exponent - half + 127) << 23;
  float a, b;
  memcpy(&a, &first, sizeof a);
  memcpy(&b, &second, sizeof b);
  return p * a * b;
}

// Compiles a function for several instruction sets; the loader picks one when the program starts.
#pragma once
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
// "avx2" alone would leave fused multiply-add out; the architecture levels have it. Thread sanitizer
// instruments the resolver, which then runs before the sanitizer itself.
#define MDLM_DISPATCH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MDLM_DISPATCH
#endif

#define MDLM_INLINE static inline __attribute__((always_inline))

// Sums may be reordered into lanes and products contracted: the order depends on sizes alone.
#define MDLM_FAST_SUMS _Pragma("clang fp reassociate(on) contract(fast)")

// The loop's iterations touch different elements, even where an output is one of the inputs: without
// this the compiler falls back to scalar code for in-place calls.
#define MDLM_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

// The largest of `count` values, in sixteen lanes: a plain maximum may not be reordered.
MDLM_INLINE float mdlm_largest(const float *x, unsigned long count) {
  float lanes[16];
  for (int lane = 0; lane < 16; lane++) lanes[lane] = -3.0e38f;
  unsigned long j = 0;
  for (; j + 16 <= count; j += 16)
    for (int lane = 0; lane < 16; lane++)
      lanes[lane] = x[j + lane] > lanes[lane] ? x[j + lane] : lanes[lane];
  for (; j < count; j++) lanes[0] = x[j] > lanes[0] ? x[j] : lanes[0];
  for (int lane = 1; lane < 16; lane++) lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
  return lanes[0];
}

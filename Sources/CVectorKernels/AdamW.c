#include "CVectorKernels.h"
#include "Dispatch.h"

// Loshchilov & Hutter 2019, in PyTorch's order of operations: decay, moments, bias correction, step.
MDLM_DISPATCH
void mdlm_adamw(float *restrict values, const float *restrict gradients, float *restrict first,
                float *restrict second, float *restrict ema, const mdlm_adamw_settings *settings,
                size_t count) {
#pragma clang fp contract(fast)
  const mdlm_adamw_settings s = *settings;
  for (size_t j = 0; j < count; j++) {
    const float g = gradients[j] * s.gradient_scale;
    const float m = first[j] + s.toward_first * (g - first[j]);
    const float v = s.beta2 * second[j] + s.toward_second * g * g;
    first[j] = m;
    second[j] = v;
    values[j] = values[j] * s.decay - s.step_size * (m / (__builtin_elementwise_sqrt(v) / s.correction + s.epsilon));
  }
  if (!ema) return;
  for (size_t j = 0; j < count; j++) ema[j] -= s.toward_ema * (ema[j] - values[j]);
}

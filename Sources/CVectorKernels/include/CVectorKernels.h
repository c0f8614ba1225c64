// The element-wise hot loops of MDLM as portable C, compiled for several instruction sets and chosen
// when the program starts. Swift in a package that others depend on is compiled for baseline SSE2
// (unsafeFlags are refused there), which costs these loops a factor of two to eighteen.
//
// Legend: every matrix is row-major; `rows` and `width` are its sizes; a pointer named d… is the
// gradient of the loss with respect to the thing it is named after. Each function handles the rows it
// is given on the calling thread; sums over rows are added to what the output holds.
#pragma once
#include <stddef.h>
#include <stdint.h>

// ── Normalization ────────────────────────────────────────────────────────────────────────────────

// y = (x − mean) · rstd · gain + shift, with gain = weight · (1 + scale) prepared by the caller.
// Keeps mean and rstd (one each per row) for the backward pass. shift may be NULL.
void mdlm_layer_norm(const float *x, const float *gain, const float *shift, float *y, float *mean,
                     float *rstd, float epsilon, size_t rows, size_t width);

// dx (+)= gradient through the norm; sum_dy_xhat and sum_dy (width each) receive Σ dy·x̂ and Σ dy.
void mdlm_layer_norm_backward(const float *x, const float *gain, const float *mean,
                              const float *rstd, const float *dy, float *dx, int accumulate,
                              float *sum_dy_xhat, float *sum_dy, size_t rows, size_t width);

// ── Activations ──────────────────────────────────────────────────────────────────────────────────

// z += bias in place.
void mdlm_add_bias(float *z, const float *bias, size_t rows, size_t width);

// z += bias in place (NULL: none), then a = GELU(z) in its tanh form. a may be z.
void mdlm_bias_gelu(float *z, const float *bias, float *a, size_t rows, size_t width);

// dz = da · GELU′(z). dz may be da.
void mdlm_gelu_backward(const float *z, const float *da, float *dz, size_t count);

// y = x · sigmoid(x), and dx (+)= dy · its derivative.
void mdlm_silu(const float *x, float *y, size_t count);
void mdlm_silu_backward(const float *x, const float *dy, float *dx, int accumulate, size_t count);

// ── Attention ────────────────────────────────────────────────────────────────────────────────────

// y = x with the (j, j + head/2) pairs of one head turned by the angles of their positions. Rows are
// stride_x and stride_y floats apart; cosine and sine hold head/2 values per position; row r has
// position positions[r], or r where positions is NULL. direction is 1 forward, −1 backward.
void mdlm_rotate(const float *x, size_t stride_x, float *y, size_t stride_y, const float *cosine,
                 const float *sine, float direction, const int32_t *positions, size_t rows,
                 size_t head);

// Turns scores into e^{scale·(s − max)} in place and stores 1/Σ and log Σ e^{scale·s} per row.
void mdlm_softmax_scores(float *scores, float scale, float *inverse_sum, float *log_sum,
                         size_t rows, size_t width);

// Turns scores into probabilities e^{scale·s − log_sum} in place.
void mdlm_probabilities(float *scores, float scale, const float *log_sum, size_t rows,
                        size_t width);

// dscores = p · (dp − delta) · scale, written over dp; delta is Σ dp·p of each row.
void mdlm_softmax_backward(const float *p, float *dp, const float *delta, float scale, size_t rows,
                           size_t width);

// Scales each row (`stride` floats apart) by its factor.
void mdlm_scale_rows(float *x, size_t stride, const float *factor, size_t rows, size_t width);

// out[r] = Σ a·b over row r; rows are stride_a and stride_b floats apart.
void mdlm_row_dots(const float *a, size_t stride_a, const float *b, size_t stride_b, float *out,
                   size_t rows, size_t width);

// y[j][i] = x[i][j] for x of rows × columns; rows are stride_x and stride_y floats apart.
void mdlm_transpose(const float *x, size_t stride_x, float *y, size_t stride_y, size_t rows,
                    size_t columns);

// Copies rows that are stride_x and stride_y floats apart.
void mdlm_copy_rows(const float *x, size_t stride_x, float *y, size_t stride_y, size_t rows,
                    size_t width);

// ── Residual stream ──────────────────────────────────────────────────────────────────────────────

// y = x + gate · branch. y may be x.
void mdlm_gated_add(const float *x, const float *gate, const float *branch, float *y, size_t rows,
                    size_t width);

// dbranch = gate · dy; sum (width) receives Σ dy · branch, the gradient of the gate.
void mdlm_gated_add_backward(const float *dy, const float *gate, const float *branch,
                             float *dbranch, float *sum, size_t rows, size_t width);

// ── Loss ─────────────────────────────────────────────────────────────────────────────────────────

// A softmax over more columns than fit in cache is made in tiles of columns, of which `first` is the
// first: each tile leaves its exponentials, and their largest logit and sum for every row, from which
// the caller puts the rows together.

// logits → e^{logits + bias − largest} in place, with the column `excluded` (of the whole row; −1:
// none) at 0. Writes the largest logit and the sum of every row, and target[r] = the logit of
// targets[r] and other_logit[r] = that of the column `other` where these lie in the tile.
void mdlm_softmax_tile(float *logits, const float *bias, const int32_t *targets, ptrdiff_t excluded,
                       ptrdiff_t other, size_t first, float *largest, float *sum, float *target,
                       float *other_logit, size_t rows, size_t width);

// Exponentials of a tile → the gradient of the logits, in place, given the log-sum of whole rows: for
// each row softmax_factors · softmax − target_factors · 1[target] + other_factors · 1[other].
// column_sums (width, or NULL) receives its sum over the rows.
void mdlm_logit_gradient(float *exponentials, const float *largest, const float *log_sum,
                         const float *softmax_factors, const float *target_factors,
                         const float *other_factors, const int32_t *targets, ptrdiff_t other,
                         size_t first, float *column_sums, size_t rows, size_t width);

// ── Sums ─────────────────────────────────────────────────────────────────────────────────────────

// y += factor · x.
void mdlm_accumulate(const float *x, float factor, float *y, size_t count);

// sum (width) += Σ over rows of x.
void mdlm_add_column_sums(const float *x, float *sum, size_t rows, size_t width);

// Σ x², summed in double precision over short single-precision runs.
double mdlm_sum_of_squares(const float *x, size_t count);

// ── Optimizer ────────────────────────────────────────────────────────────────────────────────────

// Constants of one step, each computed in double precision and rounded once, as PyTorch does.
typedef struct {
  float decay;         // 1 − learning rate · weight decay
  float step_size;     // learning rate / (1 − β₁ᵏ)
  float toward_first;  // 1 − β₁
  float beta2;         // β₂
  float toward_second; // 1 − β₂
  float correction;    // √(1 − β₂ᵏ)
  float epsilon;
  float gradient_scale; // the clipping factor, 1 when nothing is clipped
  float toward_ema;     // 1 − the decay of the moving average
} mdlm_adamw_settings;

// One decoupled-weight-decay Adam step and the moving average of the new values (ema may be NULL).
void mdlm_adamw(float *values, const float *gradients, float *first, float *second, float *ema,
                const mdlm_adamw_settings *settings, size_t count);

// ── Random numbers ───────────────────────────────────────────────────────────────────────────────

// Philox4x32-10 (Salmon et al. 2011): four words from a counter of four and a key of two.
static inline void mdlm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

// y = x · (keep ? 1/(1 − rate) : 0); the decision of column j in row r comes from word j mod 4 of
// Philox(counter (j / 4, addresses[r], step, stream)). y may be x. Applying it to the upstream
// gradient with the same arguments is the backward pass.
void mdlm_dropout(const float *x, float *y, float rate, const uint32_t key[2], uint32_t step,
                  uint32_t stream, const uint32_t *addresses, size_t rows, size_t width);

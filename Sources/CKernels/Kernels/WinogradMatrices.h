// The transforms of Winograd's convolution in one dimension, F(M, 3) with M of 2, 4 or 8, and their adjoints.
//
// A filter g of 3 elements over N = M + 2 inputs d gives M results, as Aᵀ [(G g) ⊙ (Bᵀ d)]: N products in place of 3 M.
// G g are the values of the filter's polynomial at N points, Bᵀ d those that belong to the inputs, and Aᵀ leads from the
// products back. The functions below multiply one vector by one of the matrices; in two dimensions each row and each
// column is.
//
// The points are 0, ∞ and pairs ±p, so that even and odd elements are summed apart and serve both points of a pair. With
// z for the squares, W(z) = Π (z - p²) and Wᵢ(z) = W(z) / (z - pᵢ²):
//
//   Bᵀ d   at 0   Σ wₖ d₂ₖ                                  w, wᵢ: the coefficients of W and Wᵢ
//          at ∞   Σ wₖ d₂ₖ₊₁
//          at ±p  Σ wᵢₖ d₂ₖ₊₂ ± p Σ wᵢₖ d₂ₖ₊₁
//   G g    at 0   g₀ / W(0)
//          at ∞   g₂
//          at ±p  (g₀ ± p g₁ + p² g₂) / (2 p² Wᵢ(p²))
//   Aᵀ m          yₖ = Σ (±p)ᵏ m(±p), and m(0) in the first, m(∞) in the last
//
// Error: the larger and the closer together the points, the more is lost. These were chosen by trial among fractions with
// a small denominator, for which all elements of A and B are exact. With the customary 0, ±1, ±2, tiles of 4 × 4 lose three
// times as much as with these; tiles of 4 × 8, with 0, ±1, ±2, ±½, ±¼, twelve times as much.
//
// Sources: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016; on the choice of points Barabasz,
// Anderson, Soodhalter and Gregg, Error Analysis and Improving the Accuracy of Winograd Convolution for DNNs, 2020.

/// The i-th of the M / 2 points p. All arguments are constants, here and below, so that nothing of it is left to compute.
INLINE float winograd_point(int M, int i) {
  const float points[3][4] = {{1}, {0.625f, 1.5f}, {0.375f, 0.875f, 1.25f, 2.5f}};
  return points[M / 4][i];
}

/// The coefficients of Π (z - p²) over all points but the one at `left`, the lowest first.
INLINE void winograd_polynomial(int M, int left, float *w) {
  int degree = 0;
  w[0] = 1;
  UNROLL for (int i = 0; i < M / 2; i++) {
    if (i == left) continue;
    const float root = winograd_point(M, i) * winograd_point(M, i);
    w[degree + 1] = 1;
    UNROLL for (int k = degree; k > 0; k--) w[k] = w[k - 1] - root * w[k];
    w[0] *= -root;
    degree++;
  }
}

/// 1 / W(0), by which G multiplies at 0.
INLINE float winograd_scale_at_zero(int M) {
  float w[5];
  winograd_polynomial(M, -1, w);
  return 1 / w[0];
}

/// 1 / (2 p² Wᵢ(p²)), by which G multiplies at a pair of points.
INLINE float winograd_scale(int M, int i) {
  const float square = winograd_point(M, i) * winograd_point(M, i);
  float product = 2 * square;
  UNROLL for (int j = 0; j < M / 2; j++)
    if (j != i) product *= square - winograd_point(M, j) * winograd_point(M, j);
  return 1 / product;
}

// The points stand in the order 0, +p₀, -p₀, +p₁, …, ∞.

/// Bᵀ d, of the data.
INLINE void multiply_Bt(const vec *d, vec *v, const int M) {
  float w[5];
  winograd_polynomial(M, -1, w);
  v[0] = d[M];
  v[M + 1] = d[M + 1];
  UNROLL for (int k = M / 2 - 1; k >= 0; k--) {
    v[0] += w[k] * d[2 * k];
    v[M + 1] += w[k] * d[2 * k + 1];
  }
  UNROLL for (int i = 0; i < M / 2; i++) {
    winograd_polynomial(M, i, w);
    vec even = d[M], odd = d[M - 1];
    UNROLL for (int k = M / 2 - 2; k >= 0; k--) {
      even += w[k] * d[2 * k + 2];
      odd += w[k] * d[2 * k + 1];
    }
    v[2 * i + 1] = even + winograd_point(M, i) * odd;
    v[2 * i + 2] = even - winograd_point(M, i) * odd;
  }
}

/// B v, the adjoint of Bᵀ.
INLINE void multiply_B(const vec *v, vec *d, const int M) {
  float w[5];
  winograd_polynomial(M, -1, w);
  UNROLL for (int k = 0; k <= M / 2; k++) {
    d[2 * k] = w[k] * v[0];
    d[2 * k + 1] = w[k] * v[M + 1];
  }
  UNROLL for (int i = 0; i < M / 2; i++) {
    winograd_polynomial(M, i, w);
    vec even = v[2 * i + 1] + v[2 * i + 2], odd = winograd_point(M, i) * (v[2 * i + 1] - v[2 * i + 2]);
    UNROLL for (int k = 0; k < M / 2; k++) {
      d[2 * k + 2] += w[k] * even;
      d[2 * k + 1] += w[k] * odd;
    }
  }
}

/// Aᵀ m, of the products.
INLINE void multiply_At(const vec *m, vec *y, const int M) {
  UNROLL for (int i = 0; i < M / 2; i++) {
    vec even = m[2 * i + 1] + m[2 * i + 2], odd = m[2 * i + 1] - m[2 * i + 2];
    float power = 1;
    UNROLL for (int k = 0; k < M; k++, power *= winograd_point(M, i)) {
      vec x = k % 2 ? odd : even;
      y[k] = i == 0 ? power * x : y[k] + power * x;
    }
  }
  y[0] += m[0];
  y[M - 1] += m[M + 1];
}

/// A y, the adjoint of Aᵀ.
INLINE void multiply_A(const vec *y, vec *m, const int M) {
  m[0] = y[0];
  m[M + 1] = y[M - 1];
  UNROLL for (int i = 0; i < M / 2; i++) {
    vec even = y[0], odd = winograd_point(M, i) * y[1];
    float power = winograd_point(M, i);
    UNROLL for (int k = 2; k < M; k += 2) {
      power *= winograd_point(M, i);
      even += power * y[k];
      power *= winograd_point(M, i);
      odd += power * y[k + 1];
    }
    m[2 * i + 1] = even + odd;
    m[2 * i + 2] = even - odd;
  }
}

/// G g, of the filter.
INLINE void multiply_G(const vec *g, vec *u, const int M) {
  u[0] = winograd_scale_at_zero(M) * g[0];
  u[M + 1] = g[2];
  UNROLL for (int i = 0; i < M / 2; i++) {
    const float p = winograd_point(M, i), scale = winograd_scale(M, i);
    vec even = scale * g[0] + scale * p * p * g[2], odd = scale * p * g[1];
    u[2 * i + 1] = even + odd;
    u[2 * i + 2] = even - odd;
  }
}

/// Gᵀ u, the adjoint of G.
INLINE void multiply_Gt(const vec *u, vec *g, const int M) {
  g[0] = winograd_scale_at_zero(M) * u[0];
  g[2] = u[M + 1];
  UNROLL for (int i = 0; i < M / 2; i++) {
    const float p = winograd_point(M, i), scale = winograd_scale(M, i);
    vec even = u[2 * i + 1] + u[2 * i + 2], odd = u[2 * i + 1] - u[2 * i + 2];
    g[0] += scale * even;
    g[1] = i == 0 ? scale * p * odd : g[1] + scale * p * odd;
    g[2] += scale * p * p * even;
  }
}

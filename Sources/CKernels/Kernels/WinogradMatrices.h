// The transforms of Winograd's F(4 × 4, 3 × 3) and F(2 × 2, 3 × 3) in one dimension, and their adjoints.
//
// A 3 × 3 filter g over an N × N patch d gives M × M outputs, M = N - 2, as Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. With M = 4 these
// are 36 products in place of 144, at the interpolation points 0, ±1, ±2 and ∞; with M = 2 they are 16 in place of 36, at
// 0, ±1 and ∞. The functions below multiply one column (or row) by one of the matrices; a transform applies its own
// twice.
//
// Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016, sections 4.1 and 4.2.

/// Bᵀ x, of the data.
INLINE void multiply_Bt(const vec *x, vec *y, const int M) {
  if (M == 2) {
    y[0] = x[0] - x[2];
    y[1] = x[1] + x[2];
    y[2] = x[2] - x[1];
    y[3] = x[1] - x[3];
    return;
  }
  vec a = x[4] - 4 * x[2], b = x[3] - 4 * x[1], c = x[4] - x[2], d = 2 * (x[3] - x[1]);
  y[0] = 4 * x[0] + (x[4] - 5 * x[2]);
  y[1] = a + b;
  y[2] = a - b;
  y[3] = c + d;
  y[4] = c - d;
  y[5] = 4 * x[1] + (x[5] - 5 * x[3]);
}

/// B y, the adjoint of Bᵀ.
INLINE void multiply_B(const vec *y, vec *x, const int M) {
  if (M == 2) {
    x[0] = y[0];
    x[1] = y[1] - y[2] + y[3];
    x[2] = y[1] + y[2] - y[0];
    x[3] = -y[3];
    return;
  }
  vec s = y[1] + y[2], d = y[2] - y[1], t = y[3] + y[4], u = y[4] - y[3];
  x[0] = 4 * y[0];
  x[1] = 4 * (d + y[5]) + 2 * u;
  x[2] = -(5 * y[0] + 4 * s + t);
  x[3] = -(d + 2 * u + 5 * y[5]);
  x[4] = y[0] + s + t;
  x[5] = y[5];
}

/// Aᵀ m, of the products.
INLINE void multiply_At(const vec *m, vec *y, const int M) {
  vec s = m[1] + m[2], d = m[1] - m[2];
  if (M == 2) {
    y[0] = m[0] + s;
    y[1] = d - m[3];
    return;
  }
  vec t = m[3] + m[4], u = m[3] - m[4];
  y[0] = m[0] + s + t;
  y[1] = d + 2 * u;
  y[2] = s + 4 * t;
  y[3] = d + 8 * u + m[5];
}

/// A g, the adjoint of Aᵀ. Its second element is the sum of g.
INLINE void multiply_A(const vec *g, vec *m, const int M) {
  m[0] = g[0];
  if (M == 2) {
    m[1] = g[0] + g[1];
    m[2] = g[0] - g[1];
    m[3] = -g[1];
    return;
  }
  vec even = g[0] + g[2], odd = g[1] + g[3], even2 = g[0] + 4 * g[2], odd2 = 2 * g[1] + 8 * g[3];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = even2 + odd2;
  m[4] = even2 - odd2;
  m[5] = g[3];
}

/// G w, of the filter.
INLINE void multiply_G(const vec *w, vec *u, const int M) {
  if (M == 2) {
    vec even = (w[0] + w[2]) * 0.5f, odd = w[1] * 0.5f;
    u[0] = w[0];
    u[1] = even + odd;
    u[2] = even - odd;
    u[3] = w[2];
    return;
  }
  vec even = (w[0] + w[2]) * (-1.0f / 6), odd = w[1] * (1.0f / 6);
  vec even2 = w[0] * (1.0f / 24) + w[2] * (1.0f / 6), odd2 = w[1] * (1.0f / 12);
  u[0] = w[0] * 0.25f;
  u[1] = even - odd;
  u[2] = even + odd;
  u[3] = even2 + odd2;
  u[4] = even2 - odd2;
  u[5] = w[2];
}

/// Gᵀ u, the adjoint of G.
INLINE void multiply_Gt(const vec *u, vec *w, const int M) {
  if (M == 2) {
    vec s = (u[1] + u[2]) * 0.5f;
    w[0] = u[0] + s;
    w[1] = (u[1] - u[2]) * 0.5f;
    w[2] = s + u[3];
    return;
  }
  vec s = u[1] + u[2], t = u[3] + u[4];
  w[0] = u[0] * 0.25f - s * (1.0f / 6) + t * (1.0f / 24);
  w[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  w[2] = (t - s) * (1.0f / 6) + u[5];
}

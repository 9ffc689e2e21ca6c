// The transforms of Winograd's F(4 × 4, 3 × 3) in one dimension, and their adjoints.
//
// A 3 × 3 filter g over a 6 × 6 patch d gives 4 × 4 outputs as Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A: 36 products in place of 144.
// The interpolation points are 0, ±1, ±2 and ∞. The functions below multiply one column (or row) by one of the
// matrices; a transform applies its own twice.
//
// Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016, section 4.2.

/// Bᵀ x, of the data.
INLINE void multiply_Bt(const vec x[6], vec y[6]) {
  vec a = x[4] - 4 * x[2], b = x[3] - 4 * x[1], c = x[4] - x[2], d = 2 * (x[3] - x[1]);
  y[0] = 4 * x[0] + (x[4] - 5 * x[2]);
  y[1] = a + b;
  y[2] = a - b;
  y[3] = c + d;
  y[4] = c - d;
  y[5] = 4 * x[1] + (x[5] - 5 * x[3]);
}

/// B y, the adjoint of Bᵀ.
INLINE void multiply_B(const vec y[6], vec x[6]) {
  vec s = y[1] + y[2], d = y[2] - y[1], t = y[3] + y[4], u = y[4] - y[3];
  x[0] = 4 * y[0];
  x[1] = 4 * (d + y[5]) + 2 * u;
  x[2] = -(5 * y[0] + 4 * s + t);
  x[3] = -(d + 2 * u + 5 * y[5]);
  x[4] = y[0] + s + t;
  x[5] = y[5];
}

/// Aᵀ m, of the products.
INLINE void multiply_At(const vec m[6], vec y[4]) {
  vec s = m[1] + m[2], d = m[1] - m[2], t = m[3] + m[4], u = m[3] - m[4];
  y[0] = m[0] + s + t;
  y[1] = d + 2 * u;
  y[2] = s + 4 * t;
  y[3] = d + 8 * u + m[5];
}

/// A g, the adjoint of Aᵀ.
INLINE void multiply_A(const vec g[4], vec m[6]) {
  vec even = g[0] + g[2], odd = g[1] + g[3], even2 = g[0] + 4 * g[2], odd2 = 2 * g[1] + 8 * g[3];
  m[0] = g[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = even2 + odd2;
  m[4] = even2 - odd2;
  m[5] = g[3];
}

/// G w, of the filter.
INLINE void multiply_G(const vec w[3], vec u[6]) {
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
INLINE void multiply_Gt(const vec u[6], vec w[3]) {
  vec s = u[1] + u[2], t = u[3] + u[4];
  w[0] = u[0] * 0.25f - s * (1.0f / 6) + t * (1.0f / 24);
  w[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  w[2] = (t - s) * (1.0f / 6) + u[5];
}

// The transforms of filters for Winograd's convolution, and of their gradients; see Winograd.h.
//
// A weight has the 9 elements of a filter one behind the other, so vectors are gathered from 32 filters first: 8 rows of
// them, 9 KB, go through the L1 cache.

enum { FILTER_ROWS = 8 };

/// U = G g Gᵀ for one vector of filters.
INLINE void transform_filter_vector(const float filter[9][PANEL], float *planes, long planeStride, const int M) {
  const int N = M + 2;
  vec half[6][3];
  UNROLL for (int c = 0; c < 3; c++) {
    vec column[3], result[6];
    UNROLL for (int r = 0; r < 3; r++) column[r] = load(filter[r * 3 + c], LANES);
    multiply_G(column, result, M);
    UNROLL for (int r = 0; r < N; r++) half[r][c] = result[r];
  }
  UNROLL for (int r = 0; r < N; r++) {
    vec result[6];
    multiply_G(half[r], result, M);
    UNROLL for (int c = 0; c < N; c++) store(planes + (r * N + c) * planeStride, result[c], LANES);
  }
}

/// U = G g Gᵀ for up to 32 filters (lanes) and `rows` rows of them: U is `[rows][32]` in each plane.
/// The 9 elements of a filter lie one behind the other; `laneStride` and `rowStride` lead to the next filters.
/// They are gathered some rows ahead of their use: a vector cannot be loaded right after its elements were stored. The
/// rows after those are asked for meanwhile.
static void winograd_filters(
    const float *filters, long laneStride, long lanes, long rowStride, long rows, float *planes,
    const kilim_planes *at) {
  float gathered[FILTER_ROWS][9][PANEL] = {{{0}}};
  for (long first = 0; first < rows; first += FILTER_ROWS) {
    long count = rows - first < FILTER_ROWS ? rows - first : FILTER_ROWS;
    for (long lane = 0; lane < lanes; lane++)
      for (long row = 0; row < count; row++) {
        const float *filter = filters + lane * laneStride + (first + row) * rowStride;
        __builtin_prefetch(filter + FILTER_ROWS * rowStride);
        UNROLL for (int k = 0; k < 9; k++) gathered[row][k][lane] = filter[k];
      }
    for (long row = 0; row < count; row++)
      for (int v = 0; v < PANEL; v += LANES) {
        const float(*filter)[PANEL] = (const float(*)[PANEL])&gathered[row][0][v];
        float *to = planes + (first + row) * PANEL + v;
        WITH_CONSTANT_SIDE(at->side, transform_filter_vector, filter, to, at->planeStride);
      }
  }
}

/// dg = Gᵀ dU G for one vector of filters.
INLINE void transform_filter_gradient_vector(
    const float *planes, long planeStride, float filter[9][PANEL], const int M) {
  const int N = M + 2;
  vec half[3][6];
  UNROLL for (int c = 0; c < N; c++) {
    vec column[6], result[3];
    UNROLL for (int r = 0; r < N; r++) column[r] = load(planes + (r * N + c) * planeStride, LANES);
    multiply_Gt(column, result, M);
    UNROLL for (int r = 0; r < 3; r++) half[r][c] = result[r];
  }
  UNROLL for (int r = 0; r < 3; r++) {
    vec result[3];
    multiply_Gt(half[r], result, M);
    UNROLL for (int c = 0; c < 3; c++) store(filter[r * 3 + c], result[c], LANES);
  }
}

/// Adds the further parts of dU to its first one, for some rows of a panel.
INLINE void sum_parts(float *planes, const kilim_planes *at, long parts, long partStride, long rows) {
  for (int plane = 0; plane < (at->side + 2) * (at->side + 2); plane++)
    for (long p = 1; p < parts; p++) {
      float *sum = planes + plane * at->planeStride;
      const float *part = sum + p * partStride;
      for (long i = 0; i < rows * PANEL; i += LANES) store(sum + i, load(sum + i, LANES) + load(part + i, LANES), LANES);
    }
}

/// dg = Gᵀ dU G, the adjoint of winograd_filters. dU is the sum of `parts` that lie `partStride` floats apart; it is
/// left in the first one.
static void winograd_filter_gradient(
    float *planes, const kilim_planes *at, long parts, long partStride, long lanes, long rows, float *filters,
    long laneStride, long rowStride) {
  float gathered[FILTER_ROWS][9][PANEL];
  sum_parts(planes, at, parts, partStride, rows);
  for (long first = 0; first < rows; first += FILTER_ROWS) {
    long count = rows - first < FILTER_ROWS ? rows - first : FILTER_ROWS;
    for (long row = 0; row < count; row++)
      for (int v = 0; v < PANEL; v += LANES) {
        float(*filter)[PANEL] = (float(*)[PANEL])&gathered[row][0][v];
        const float *from = planes + (first + row) * PANEL + v;
        WITH_CONSTANT_SIDE(at->side, transform_filter_gradient_vector, from, at->planeStride, filter);
      }
    for (long lane = 0; lane < lanes; lane++)
      for (long row = 0; row < count; row++) {
        float *filter = filters + lane * laneStride + (first + row) * rowStride;
        UNROLL for (int k = 0; k < 9; k++) filter[k] = gathered[row][k][lane];
      }
  }
}

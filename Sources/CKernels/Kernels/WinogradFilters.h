// The transforms of filters for Winograd's convolution, and of their gradients; see Winograd.h.
//
// A weight has the 9 elements of a filter one behind the other; vectors are of different filters. So 32 filters are
// transposed, to `[rows][9][32]`, before the transform and behind its adjoint.

/// Transposes up to 32 filters (lanes) and `rows` rows of them. The filters of neighbouring lanes or, with a `rowStride`
/// of 9, of neighbouring rows lie one behind the other.
static void gather_filters(
    const float *filters, long laneStride, long lanes, long rowStride, long rows, float *gathered) {
  if (rowStride == 9) {
    transpose_panels(9 * rows, lanes, filters, laneStride, gathered);
    return;
  }
  for (long row = 0; row < rows; row++, filters += rowStride, gathered += 9 * PANEL) {
    // A row is too short for the processor to ask for the next ones by itself.
    for (long i = 0; i < 9 * lanes; i += 16) __builtin_prefetch(filters + 2 * rowStride + i);
    transpose_panels(9, lanes, filters, laneStride, gathered);
  }
}

/// Element `row` of the columns of G.
INLINE void row_of_G(long row, float g[3], const int R) {
  UNROLL for (int k = 0; k < 3; k++) {
    vec unit[3] = {zeros(), zeros(), zeros()}, column[MOST_INPUT_ROWS];
    unit[k] = splat(1);
    multiply_G(unit, column, R);
    g[k] = column[row][0];
  }
}

INLINE void transform_filters(
    const float *filters, long rows, long pointRow, float *planes, const kilim_planes *at, const int R, const int C) {
  float g[3];
  row_of_G(pointRow, g, R);
  for (long i = 0; i < rows; i++, filters += 9 * PANEL)
    for (int v = 0; v < PANEL; v += LANES) {
      vec half[3], result[MOST_INPUT_COLUMNS];
      UNROLL for (int c = 0; c < 3; c++) {
        const float *column = filters + c * PANEL + v;
        half[c] = g[0] * load(column, LANES) + g[1] * load(column + 3 * PANEL, LANES)
                  + g[2] * load(column + 6 * PANEL, LANES);
      }
      multiply_G(half, result, C);
      UNROLL for (int c = 0; c < C + 2; c++) store(planes + c * at->planeStride + i * PANEL + v, result[c], LANES);
    }
}

/// One row of the points of U = G g Gᵀ, for `rows` rows of 32 filters, `[rows][9][32]`. U is `[rows][32]` in each of the
/// C + 2 planes.
static void winograd_filters(
    const float *filters, long rows, long pointRow, float *planes, const kilim_planes *at) {
  WITH_CONSTANT_TILE(at, transform_filters, filters, rows, pointRow, planes, at);
}

/// dg = Gᵀ dU G for one vector of filters.
INLINE void transform_filter_gradient_vector(
    const float *planes, long planeStride, float filter[9][PANEL], const int R, const int C) {
  vec half[3][MOST_INPUT_COLUMNS];
  UNROLL for (int c = 0; c < C + 2; c++) {
    vec column[MOST_INPUT_ROWS], result[3];
    UNROLL for (int r = 0; r < R + 2; r++) column[r] = load(planes + (r * (C + 2) + c) * planeStride, LANES);
    multiply_Gt(column, result, R);
    UNROLL for (int r = 0; r < 3; r++) half[r][c] = result[r];
  }
  UNROLL for (int r = 0; r < 3; r++) {
    vec result[3];
    multiply_Gt(half[r], result, C);
    UNROLL for (int c = 0; c < 3; c++) store(filter[r * 3 + c], result[c], LANES);
  }
}

/// Adds the further parts of dU to its first one, for some rows of a panel.
INLINE void sum_parts(float *planes, const kilim_planes *at, long parts, long partStride, long rows) {
  for (int plane = 0; plane < (at->tileRows + 2) * (at->tileColumns + 2); plane++)
    for (long p = 1; p < parts; p++) {
      float *sum = planes + plane * at->planeStride;
      const float *part = sum + p * partStride;
      for (long i = 0; i < rows * PANEL; i += LANES) store(sum + i, load(sum + i, LANES) + load(part + i, LANES), LANES);
    }
}

/// dg = Gᵀ dU G for up to 32 filters (lanes) and `rows` rows of them, which lie one behind the other. dU is the sum of
/// `parts` that lie `partStride` floats apart; it is left in the first one.
static void winograd_filter_gradient(
    float *planes, const kilim_planes *at, long parts, long partStride, long lanes, long rows, float *filters,
    long laneStride) {
  enum { ROWS = 16 };
  float gathered[ROWS][9][PANEL];
  sum_parts(planes, at, parts, partStride, rows);
  for (long first = 0; first < rows; first += ROWS) {
    long count = rows - first < ROWS ? rows - first : ROWS;
    for (long row = 0; row < count; row++)
      for (int v = 0; v < PANEL; v += LANES) {
        float(*filter)[PANEL] = (float(*)[PANEL])&gathered[row][0][v];
        const float *from = planes + (first + row) * PANEL + v;
        WITH_CONSTANT_TILE(at, transform_filter_gradient_vector, from, at->planeStride, filter);
      }
    transpose_panel_back(9 * count, lanes, &gathered[0][0][0], filters + 9 * first, laneStride);
  }
}

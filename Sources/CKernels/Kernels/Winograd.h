// The transforms of Winograd's F(4 × 4, 3 × 3) convolution, a row of tiles and all their channels at a time.
//
// A tile is 4 × 4 results and the 6 × 6 inputs under them. Its transform is 36 numbers for each channel, one in each of
// 36 planes; a plane holds panels of 32 channels, `[channels / 32][tiles][32]`, which is how Multiply.h wants them.
// Channels beyond the last are 0.
//
// The first pass of a transform goes down the six columns and leaves its result in the L1 cache (36 vectors do not fit
// the registers), the second one along the rows and out to the planes.
//
// Error: the largest error is about 1e-5 of the largest result (float64 beside it, 64 to 512 channels, random data);
// one NaN or infinity spoils the tiles that it is an input of.

#include "WinogradMatrices.h"

/// Calls `body(channel, count, place)` for every vector of channels; `place` counts floats from the tile's first plane.
#define FOR_VECTORS(channels, panelStride)                                                                     \
  for (long channel = 0, place = 0; channel < (channels); channel += LANES,                                    \
            place = channel / PANEL * (panelStride) + channel % PANEL)

/// Stores zeros where the last panel has no channels.
INLINE void clear_rest(float *planes, const kilim_planes *at, long channels) {
  for (long channel = (channels + LANES - 1) / LANES * LANES; channel % PANEL; channel += LANES)
    for (int p = 0; p < 36; p++)
      store(
          planes + p * at->planeStride + channel / PANEL * at->panelStride + channel % PANEL, zeros(), LANES);
}

/// Moves the view on to the next tile of its row.
INLINE void move_on(kilim_patch *view) {
  view->firstColumn -= 4;
  view->endColumn -= 4;
  view->sharedColumns = 2;
}

/// The inputs of the next tile of the row are asked for ahead: few of them lie in a cache, and no processor foresees
/// rows of a patch.
INLINE void transform_input_vector(
    const float *patch, const kilim_patch *view, float *planes, long planeStride, long count) {
  vec half[6][6];
  for (int c = 0; c < 6; c++) {
    vec column[6], result[6];
    int isInside = c >= view->firstColumn && c < view->endColumn;
    UNROLL for (int r = 0; r < 6; r++)
      column[r] = isInside && r >= view->firstRow && r < view->endRow
                      ? load(patch + r * view->rowStride + c * view->pixelStride, count)
                      : zeros();
    if (c >= 2)
      UNROLL for (int r = 2; r < 6; r++)
        __builtin_prefetch(patch + r * view->rowStride + (c + 4) * view->pixelStride);
    multiply_Bt(column, result);
    UNROLL for (int r = 0; r < 6; r++) half[r][c] = result[r];
  }
  for (int r = 0; r < 6; r++) {
    vec result[6];
    multiply_Bt(half[r], result);
    UNROLL for (int c = 0; c < 6; c++) store(planes + (r * 6 + c) * planeStride, result[c], LANES);
  }
}

/// V = Bᵀ d B for a row of tiles of an image. `patch` is where the first one's patch begins, which may be outside of the
/// image; `view` belongs to it, and moves on with the tiles.
static void winograd_input(
    const float *patch, kilim_patch *view, long tiles, long channels, float *planes, const kilim_planes *at) {
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_input_vector(patch + channel, view, planes + place, at->planeStride, LANES);
      else
        transform_input_vector(patch + channel, view, planes + place, at->planeStride, channels - channel);
    }
    clear_rest(planes, at, channels);
    planes += PANEL;
    patch += 4 * view->pixelStride;
    move_on(view);
  }
}

INLINE void transform_output_vector(
    const float *planes, long planeStride, const kilim_result *result, long channel, long count) {
  vec half[4][6], patch[4][4];
  for (int c = 0; c < 6; c++) {
    vec column[6], four[4];
    UNROLL for (int r = 0; r < 6; r++) column[r] = load(planes + (r * 6 + c) * planeStride, LANES);
    multiply_At(column, four);
    UNROLL for (int r = 0; r < 4; r++) half[r][c] = four[r];
  }
  UNROLL for (int r = 0; r < 4; r++) multiply_At(half[r], patch[r]);
  finish(patch[0], 4, 4, result, channel, count);
}

/// Y = Aᵀ M A for a row of tiles, finished and written to their places; `result` moves on with the tiles.
static void winograd_output(
    const float *planes, const kilim_planes *at, long tiles, long channels, kilim_result *result) {
  const long step = result->pools ? 2 : 4;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_output_vector(planes + place, at->planeStride, result, channel, LANES);
      else
        transform_output_vector(planes + place, at->planeStride, result, channel, channels - channel);
    }
    planes += PANEL;
    result->columns -= step;
    result->values += step * result->pixelStride;
    if (result->places) result->places += step * result->pixelStride;
  }
}

INLINE void transform_gradient_vector(
    const kilim_gradient *gradient, float *planes, long planeStride, long channel, long count) {
  vec patch[4][4], half[6][4];
  read_gradient(patch[0], 4, 4, gradient, channel, count);
  UNROLL for (int c = 0; c < 4; c++) {
    vec column[4], six[6];
    UNROLL for (int r = 0; r < 4; r++) column[r] = patch[r][c];
    multiply_A(column, six);
    UNROLL for (int r = 0; r < 6; r++) half[r][c] = six[r];
  }
  for (int r = 0; r < 6; r++) {
    vec six[6];
    multiply_A(half[r], six);
    UNROLL for (int c = 0; c < 6; c++) store(planes + (r * 6 + c) * planeStride, six[c], LANES);
  }
}

/// dM = A dY Aᵀ for a row of tiles of the gradient of the results; `gradient` moves on with the tiles.
static void winograd_gradient(
    kilim_gradient *gradient, long tiles, long channels, float *planes, const kilim_planes *at) {
  const long step = gradient->places ? 2 : 4;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_gradient_vector(gradient, planes + place, at->planeStride, channel, LANES);
      else
        transform_gradient_vector(gradient, planes + place, at->planeStride, channel, channels - channel);
    }
    clear_rest(planes, at, channels);
    planes += PANEL;
    gradient->columns -= step;
    gradient->values += step * gradient->pixelStride;
    if (gradient->places) gradient->places += step * gradient->pixelStride;
  }
}

INLINE void transform_input_gradient_vector(
    const float *planes, long planeStride, float *patch, const kilim_patch *view, long count) {
  vec half[6][6];
  for (int c = 0; c < 6; c++) {
    vec column[6], result[6];
    UNROLL for (int r = 0; r < 6; r++) column[r] = load(planes + (r * 6 + c) * planeStride, LANES);
    multiply_B(column, result);
    UNROLL for (int r = 0; r < 6; r++) half[r][c] = result[r];
  }
  for (int r = view->firstRow; r < view->endRow; r++) {
    vec result[6];
    multiply_B(half[r], result);
    UNROLL for (int c = 0; c < 6; c++) {
      if (c < view->firstColumn || c >= view->endColumn) continue;
      float *pixel = patch + r * view->rowStride + c * view->pixelStride;
      vec before = r < view->sharedRows || c < view->sharedColumns ? load(pixel, count) : zeros();
      store(pixel, before + result[c], count);
    }
  }
}

/// dX += B dV Bᵀ for a row of tiles. The first `sharedRows` rows and `sharedColumns` columns of a patch lie under
/// earlier tiles too and are added to; the others are written for the first time. `view` moves on with the tiles.
static void winograd_input_gradient(
    const float *planes, const kilim_planes *at, long tiles, long channels, float *patch, kilim_patch *view) {
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_input_gradient_vector(planes + place, at->planeStride, patch + channel, view, LANES);
      else
        transform_input_gradient_vector(planes + place, at->planeStride, patch + channel, view, channels - channel);
    }
    planes += PANEL;
    patch += 4 * view->pixelStride;
    move_on(view);
  }
}

enum { FILTER_ROWS = 8 };

/// U = G g Gᵀ for up to 32 filters (lanes) and `rows` rows of them: U is `[rows][32]` in each plane.
/// The 9 elements of a filter lie one behind the other; `laneStride` and `rowStride` lead to the next filters.
/// They are gathered some rows ahead of their use: a vector cannot be loaded right after its elements were stored. The
/// rows after those are asked for meanwhile.
static void winograd_filters(
    const float *filters, long laneStride, long lanes, long rowStride, long rows, float *planes, long planeStride) {
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
        vec half[6][3];
        UNROLL for (int c = 0; c < 3; c++) {
          vec column[3], six[6];
          UNROLL for (int r = 0; r < 3; r++) column[r] = load(&gathered[row][r * 3 + c][v], LANES);
          multiply_G(column, six);
          UNROLL for (int r = 0; r < 6; r++) half[r][c] = six[r];
        }
        UNROLL for (int r = 0; r < 6; r++) {
          vec six[6];
          multiply_G(half[r], six);
          UNROLL for (int c = 0; c < 6; c++)
            store(planes + (r * 6 + c) * planeStride + (first + row) * PANEL + v, six[c], LANES);
        }
      }
  }
}

/// Adds the further parts of dU to its first one, for some rows of a panel.
INLINE void sum_parts(float *planes, long planeStride, long parts, long partStride, long rows) {
  for (int plane = 0; plane < 36; plane++)
    for (long p = 1; p < parts; p++) {
      float *sum = planes + plane * planeStride;
      const float *part = sum + p * partStride;
      for (long i = 0; i < rows * PANEL; i += LANES) store(sum + i, load(sum + i, LANES) + load(part + i, LANES), LANES);
    }
}

/// dg = Gᵀ dU G, the adjoint of winograd_filters. dU is the sum of `parts` that lie `partStride` floats apart; it is
/// left in the first one.
static void winograd_filter_gradient(
    float *planes, long planeStride, long parts, long partStride, long lanes, long rows, float *filters,
    long laneStride, long rowStride) {
  float gathered[FILTER_ROWS][9][PANEL];
  sum_parts(planes, planeStride, parts, partStride, rows);
  for (long first = 0; first < rows; first += FILTER_ROWS) {
    long count = rows - first < FILTER_ROWS ? rows - first : FILTER_ROWS;
    for (long row = 0; row < count; row++)
      for (int v = 0; v < PANEL; v += LANES) {
        vec half[3][6];
        UNROLL for (int c = 0; c < 6; c++) {
          vec column[6], three[3];
          UNROLL for (int r = 0; r < 6; r++)
            column[r] = load(planes + (r * 6 + c) * planeStride + (first + row) * PANEL + v, LANES);
          multiply_Gt(column, three);
          UNROLL for (int r = 0; r < 3; r++) half[r][c] = three[r];
        }
        UNROLL for (int r = 0; r < 3; r++) {
          vec three[3];
          multiply_Gt(half[r], three);
          UNROLL for (int c = 0; c < 3; c++) store(&gathered[row][r * 3 + c][v], three[c], LANES);
        }
      }
    for (long lane = 0; lane < lanes; lane++)
      for (long row = 0; row < count; row++) {
        float *filter = filters + lane * laneStride + (first + row) * rowStride;
        UNROLL for (int k = 0; k < 9; k++) filter[k] = gathered[row][k][lane];
      }
  }
}

// The transforms of Winograd's F(R × C, 3 × 3) convolution: a row of tiles and all their channels at a time.
//
// A tile is R × C results, 4 × 8, 4 × 4 or 2 × 2, and the (R + 2) × (C + 2) inputs under them. Its transform is as many
// numbers for each channel, one in each of as many planes; a plane holds panels of 32 channels,
// `[channels / 32][tiles][32]`, which is how Multiply.h wants them. Channels beyond the last are 0.
//
// The first pass of a transform goes down the columns and leaves its result in the L1 cache (36 or 60 vectors do not fit
// the registers), the second one along the rows and out to the planes.
//
// Error: with tiles of 4 × 8 the largest error is 1.5e-5 to 2.5e-5 of the largest result, with 4 × 4 2e-6 to 5e-6, with
// 2 × 2 below 1e-6 (float64 beside it, results and gradients, 64 to 512 channels, random data); one NaN or infinity spoils
// the tiles that it is an input of.

#include "WinogradMatrices.h"

/// The most results, and inputs, along the sides of a tile.
enum { MOST_ROWS = 4, MOST_COLUMNS = 8, MOST_INPUT_ROWS = 6, MOST_INPUT_COLUMNS = 10 };

/// Calls a kernel with the size of the tiles as constants, so that its loops unroll.
#define WITH_CONSTANT_TILE(at, kernel, ...)                                                                    \
  if ((at)->tileColumns == 8) kernel(__VA_ARGS__, 4, 8);                                                       \
  else if ((at)->tileColumns == 4) kernel(__VA_ARGS__, 4, 4);                                                  \
  else kernel(__VA_ARGS__, 2, 2)

/// Calls `body(channel, count, place)` for every vector of channels; `place` counts floats from the tile's first plane.
#define FOR_VECTORS(channels, panelStride)                                                                     \
  for (long channel = 0, place = 0; channel < (channels); channel += LANES,                                    \
            place = channel / PANEL * (panelStride) + channel % PANEL)

/// Stores zeros where the last panel has no channels.
INLINE void clear_rest(float *planes, const kilim_planes *at, long channels) {
  for (long channel = (channels + LANES - 1) / LANES * LANES; channel % PANEL; channel += LANES)
    for (int p = 0; p < (at->tileRows + 2) * (at->tileColumns + 2); p++)
      store(
          planes + p * at->planeStride + channel / PANEL * at->panelStride + channel % PANEL, zeros(), LANES);
}

/// Moves the view on to the next tile of its row.
INLINE void move_on(kilim_patch *view, int C) {
  view->firstColumn -= C;
  view->endColumn -= C;
  view->sharedColumns = 2;
}

// MARK: Data

/// Asks for a part of what the next row of tiles will read, `ahead`: it comes from memory, and no processor foresees the
/// rows of a patch.
INLINE void transform_input_vector(
    const float *patch, const kilim_patch *view, const float *ahead, float *planes, long planeStride, long count,
    const int R, const int C) {
  vec half[MOST_INPUT_ROWS][MOST_INPUT_COLUMNS];
  for (int c = 0; c < C + 2; c++) {
    vec column[MOST_INPUT_ROWS], result[MOST_INPUT_ROWS];
    int isInside = c >= view->firstColumn && c < view->endColumn;
    UNROLL for (int r = 0; r < R + 2; r++)
      column[r] = isInside && r >= view->firstRow && r < view->endRow
                      ? load(patch + r * view->rowStride + c * view->pixelStride, count)
                      : zeros();
    if (c >= 2)
      UNROLL for (int r = 0; r < R; r++) __builtin_prefetch(ahead + ((c - 2) * R + r) * LANES, 0, 1);
    multiply_Bt(column, result, R);
    UNROLL for (int r = 0; r < R + 2; r++) half[r][c] = result[r];
  }
  for (int r = 0; r < R + 2; r++) {
    vec result[MOST_INPUT_COLUMNS];
    multiply_Bt(half[r], result, C);
    UNROLL for (int c = 0; c < C + 2; c++) store(planes + (r * (C + 2) + c) * planeStride, result[c], LANES);
  }
}

INLINE void transform_input_row(
    const float *patch, const kilim_patch *first, long tiles, long channels, float *planes, const kilim_planes *at,
    const int R, const int C) {
  // A copy of its own, which no store can change, stays in registers.
  kilim_patch view = *first;
  // The rows of the image behind these tiles, which lie one behind the other.
  const float *ahead = patch + (R + 2) * view.rowStride + view.firstColumn * view.pixelStride;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_input_vector(patch + channel, &view, ahead, planes + place, at->planeStride, LANES, R, C);
      else
        transform_input_vector(patch + channel, &view, ahead, planes + place, at->planeStride, channels - channel, R, C);
      ahead += R * C * LANES;
    }
    clear_rest(planes, at, channels);
    planes += PANEL;
    patch += C * view.pixelStride;
    move_on(&view, C);
  }
}

/// V = Bᵀ d B for a row of tiles of an image. `patch` is where the first one's patch begins, which may be outside of the
/// image; `view` belongs to it.
static void winograd_input(
    const float *patch, const kilim_patch *view, long tiles, long channels, float *planes, const kilim_planes *at) {
  WITH_CONSTANT_TILE(at, transform_input_row, patch, view, tiles, channels, planes, at);
}

INLINE void transform_input_gradient_vector(
    const float *planes, long planeStride, float *patch, const kilim_patch *view, long count, const int R, const int C) {
  vec half[MOST_INPUT_ROWS][MOST_INPUT_COLUMNS];
  for (int c = 0; c < C + 2; c++) {
    vec column[MOST_INPUT_ROWS], result[MOST_INPUT_ROWS];
    UNROLL for (int r = 0; r < R + 2; r++) column[r] = load(planes + (r * (C + 2) + c) * planeStride, LANES);
    if (c >= 2)
      UNROLL for (int r = 2; r < R + 2; r++)
        __builtin_prefetch(patch + (r + R) * view->rowStride + c * view->pixelStride, 1, 1);
    multiply_B(column, result, R);
    UNROLL for (int r = 0; r < R + 2; r++) half[r][c] = result[r];
  }
  for (int r = view->firstRow; r < view->endRow; r++) {
    vec result[MOST_INPUT_COLUMNS];
    multiply_B(half[r], result, C);
    UNROLL for (int c = 0; c < C + 2; c++) {
      if (c < view->firstColumn || c >= view->endColumn) continue;
      float *pixel = patch + r * view->rowStride + c * view->pixelStride;
      vec before = r < view->sharedRows || c < view->sharedColumns ? load(pixel, count) : zeros();
      store(pixel, before + result[c], count);
    }
  }
}

INLINE void transform_input_gradient_row(
    const float *planes, const kilim_planes *at, long tiles, long channels, float *patch, const kilim_patch *first,
    const int R, const int C) {
  kilim_patch view = *first;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_input_gradient_vector(planes + place, at->planeStride, patch + channel, &view, LANES, R, C);
      else
        transform_input_gradient_vector(planes + place, at->planeStride, patch + channel, &view, channels - channel, R, C);
    }
    planes += PANEL;
    patch += C * view.pixelStride;
    move_on(&view, C);
  }
}

/// dX += B dV Bᵀ for a row of tiles. The first `sharedRows` rows and `sharedColumns` columns of a patch lie under
/// earlier tiles too and are added to; the others are written for the first time.
static void winograd_input_gradient(
    const float *planes, const kilim_planes *at, long tiles, long channels, float *patch, const kilim_patch *view) {
  WITH_CONSTANT_TILE(at, transform_input_gradient_row, planes, at, tiles, channels, patch, view);
}

// MARK: Results

INLINE void transform_output_vector(
    const float *planes, long planeStride, const kilim_result *result, long channel, long count, const int R, const int C) {
  vec half[MOST_ROWS][MOST_INPUT_COLUMNS], patch[MOST_ROWS * MOST_COLUMNS];
  for (int c = 0; c < C + 2; c++) {
    vec column[MOST_INPUT_ROWS], results[MOST_ROWS];
    UNROLL for (int r = 0; r < R + 2; r++) column[r] = load(planes + (r * (C + 2) + c) * planeStride, LANES);
    multiply_At(column, results, R);
    UNROLL for (int r = 0; r < R; r++) half[r][c] = results[r];
  }
  UNROLL for (int r = 0; r < R; r++) multiply_At(half[r], patch + r * C, C);
  finish(patch, R, C, result, channel, count);
}

INLINE void transform_output_row(
    const float *planes, const kilim_planes *at, long tiles, long channels, kilim_result *result, const int R, const int C) {
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      prefetch_results(result, R, C, channel, 1);
      if (channels - channel >= LANES)
        transform_output_vector(planes + place, at->planeStride, result, channel, LANES, R, C);
      else
        transform_output_vector(planes + place, at->planeStride, result, channel, channels - channel, R, C);
    }
    planes += PANEL;
    move_result(result, result->pools ? C / 2 : C);
  }
}

/// Y = Aᵀ M A for a row of tiles, finished and written to their places; `result` moves on with the tiles.
static void winograd_output(
    const float *planes, const kilim_planes *at, long tiles, long channels, kilim_result *result) {
  WITH_CONSTANT_TILE(at, transform_output_row, planes, at, tiles, channels, result);
}

/// Adds the gradient to `sum` besides: that of the bias.
INLINE void transform_gradient_vector(
    const kilim_gradient *gradient, float *planes, long planeStride, long channel, long count, float *sum,
    const int R, const int C) {
  vec patch[MOST_ROWS * MOST_COLUMNS], half[MOST_INPUT_ROWS][MOST_COLUMNS], total = load(sum, count);
  read_gradient(patch, R, C, gradient, channel, count);
  UNROLL for (int c = 0; c < C; c++) {
    vec column[MOST_ROWS], result[MOST_INPUT_ROWS];
    UNROLL for (int r = 0; r < R; r++) column[r] = patch[r * C + c];
    UNROLL for (int r = 0; r < R; r++) total += column[r];
    multiply_A(column, result, R);
    UNROLL for (int r = 0; r < R + 2; r++) half[r][c] = result[r];
  }
  store(sum, total, count);
  for (int r = 0; r < R + 2; r++) {
    vec result[MOST_INPUT_COLUMNS];
    multiply_A(half[r], result, C);
    UNROLL for (int c = 0; c < C + 2; c++) store(planes + (r * (C + 2) + c) * planeStride, result[c], LANES);
  }
}

/// Asks for the `part`-th part of what the next row of tiles will read, a vector of each of its R × C gradients, or of
/// the fourth of them that were pooled.
INLINE void prefetch_gradient(const kilim_gradient *nextRow, long part, const int R, const int C) {
  const int numbers = nextRow->places ? R * C / 4 : R * C;
  for (int i = 0; i < numbers; i++) __builtin_prefetch(nextRow->values + (part * numbers + i) * LANES, 0, 1);
  if (nextRow->places) __builtin_prefetch(nextRow->places + part * numbers * LANES, 0, 1);
}

INLINE void transform_gradient_row(
    kilim_gradient *gradient, long tiles, long channels, float *planes, const kilim_planes *at, float *sums,
    const int R, const int C) {
  const long rows = gradient->places ? R / 2 : R, columns = gradient->places ? C / 2 : C;
  kilim_gradient nextRow = *gradient;
  nextRow.values += rows * gradient->rowStride;
  if (nextRow.places) nextRow.places += rows * gradient->rowStride;
  long part = 0;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      prefetch_gradient(&nextRow, part++, R, C);
      if (channels - channel >= LANES)
        transform_gradient_vector(gradient, planes + place, at->planeStride, channel, LANES, sums + channel, R, C);
      else
        transform_gradient_vector(
            gradient, planes + place, at->planeStride, channel, channels - channel, sums + channel, R, C);
    }
    clear_rest(planes, at, channels);
    planes += PANEL;
    move_gradient(gradient, columns);
  }
}

/// dM = A dY Aᵀ for a row of tiles of the gradient of the results; `gradient` moves on with the tiles. The gradients of
/// each channel are added to `sums`.
static void winograd_gradient(
    kilim_gradient *gradient, long tiles, long channels, float *planes, const kilim_planes *at, float *sums) {
  WITH_CONSTANT_TILE(at, transform_gradient_row, gradient, tiles, channels, planes, at, sums);
}

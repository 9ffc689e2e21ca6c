// The transforms of Winograd's F(M × M, 3 × 3) convolution, M = 4 or 2: a row of tiles and all their channels at a time.
//
// A tile is M × M results and the N × N inputs under them, N = M + 2. Its transform is N² numbers for each channel, one
// in each of N² planes; a plane holds panels of 32 channels, `[channels / 32][tiles][32]`, which is how Multiply.h wants
// them. Channels beyond the last are 0.
//
// The first pass of a transform goes down the columns and leaves its result in the L1 cache (36 vectors do not fit the
// registers), the second one along the rows and out to the planes.
//
// Error: with M = 4 the largest error is about 1e-5 of the largest result, with M = 2 about 1e-6 (float64 beside it, 64
// to 512 channels, random data); one NaN or infinity spoils the tiles that it is an input of.

#include "WinogradMatrices.h"

/// Calls a kernel with the side of the tiles as a constant, so that its loops unroll.
#define WITH_CONSTANT_SIDE(side, kernel, ...)                                                                  \
  if ((side) == 4) kernel(__VA_ARGS__, 4);                                                                     \
  else kernel(__VA_ARGS__, 2)

/// Calls `body(channel, count, place)` for every vector of channels; `place` counts floats from the tile's first plane.
#define FOR_VECTORS(channels, panelStride)                                                                     \
  for (long channel = 0, place = 0; channel < (channels); channel += LANES,                                    \
            place = channel / PANEL * (panelStride) + channel % PANEL)

/// Stores zeros where the last panel has no channels.
INLINE void clear_rest(float *planes, const kilim_planes *at, long channels) {
  for (long channel = (channels + LANES - 1) / LANES * LANES; channel % PANEL; channel += LANES)
    for (int p = 0; p < (at->side + 2) * (at->side + 2); p++)
      store(
          planes + p * at->planeStride + channel / PANEL * at->panelStride + channel % PANEL, zeros(), LANES);
}

/// Moves the view on to the next tile of its row.
INLINE void move_on(kilim_patch *view, int M) {
  view->firstColumn -= M;
  view->endColumn -= M;
  view->sharedColumns = 2;
}

// MARK: Data

/// Asks for a part of what the next row of tiles will read, `ahead`: it comes from memory, and no processor foresees the
/// rows of a patch.
INLINE void transform_input_vector(
    const float *patch, const kilim_patch *view, const float *ahead, float *planes, long planeStride, long count,
    const int M) {
  const int N = M + 2;
  vec half[6][6];
  for (int c = 0; c < N; c++) {
    vec column[6], result[6];
    int isInside = c >= view->firstColumn && c < view->endColumn;
    UNROLL for (int r = 0; r < N; r++)
      column[r] = isInside && r >= view->firstRow && r < view->endRow
                      ? load(patch + r * view->rowStride + c * view->pixelStride, count)
                      : zeros();
    if (c >= 2)
      UNROLL for (int r = 2; r < N; r++) __builtin_prefetch(ahead + ((c - 2) * M + r - 2) * LANES, 0, 1);
    multiply_Bt(column, result, M);
    UNROLL for (int r = 0; r < N; r++) half[r][c] = result[r];
  }
  for (int r = 0; r < N; r++) {
    vec result[6];
    multiply_Bt(half[r], result, M);
    UNROLL for (int c = 0; c < N; c++) store(planes + (r * N + c) * planeStride, result[c], LANES);
  }
}

INLINE void transform_input_row(
    const float *patch, const kilim_patch *first, long tiles, long channels, float *planes, const kilim_planes *at,
    const int M) {
  // A copy of its own, which no store can change, stays in registers.
  kilim_patch view = *first;
  // The rows of the image behind these tiles, which lie one behind the other.
  const float *ahead = patch + (M + 2) * view.rowStride + view.firstColumn * view.pixelStride;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_input_vector(patch + channel, &view, ahead, planes + place, at->planeStride, LANES, M);
      else
        transform_input_vector(patch + channel, &view, ahead, planes + place, at->planeStride, channels - channel, M);
      ahead += M * M * LANES;
    }
    clear_rest(planes, at, channels);
    planes += PANEL;
    patch += M * view.pixelStride;
    move_on(&view, M);
  }
}

/// V = Bᵀ d B for a row of tiles of an image. `patch` is where the first one's patch begins, which may be outside of the
/// image; `view` belongs to it.
static void winograd_input(
    const float *patch, const kilim_patch *view, long tiles, long channels, float *planes, const kilim_planes *at) {
  WITH_CONSTANT_SIDE(at->side, transform_input_row, patch, view, tiles, channels, planes, at);
}

INLINE void transform_input_gradient_vector(
    const float *planes, long planeStride, float *patch, const kilim_patch *view, long count, const int M) {
  const int N = M + 2;
  vec half[6][6];
  for (int c = 0; c < N; c++) {
    vec column[6], result[6];
    UNROLL for (int r = 0; r < N; r++) column[r] = load(planes + (r * N + c) * planeStride, LANES);
    if (c >= 2)
      UNROLL for (int r = 2; r < N; r++)
        __builtin_prefetch(patch + (r + M) * view->rowStride + c * view->pixelStride, 1, 1);
    multiply_B(column, result, M);
    UNROLL for (int r = 0; r < N; r++) half[r][c] = result[r];
  }
  for (int r = view->firstRow; r < view->endRow; r++) {
    vec result[6];
    multiply_B(half[r], result, M);
    UNROLL for (int c = 0; c < N; c++) {
      if (c < view->firstColumn || c >= view->endColumn) continue;
      float *pixel = patch + r * view->rowStride + c * view->pixelStride;
      vec before = r < view->sharedRows || c < view->sharedColumns ? load(pixel, count) : zeros();
      store(pixel, before + result[c], count);
    }
  }
}

INLINE void transform_input_gradient_row(
    const float *planes, const kilim_planes *at, long tiles, long channels, float *patch, const kilim_patch *first,
    const int M) {
  kilim_patch view = *first;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      if (channels - channel >= LANES)
        transform_input_gradient_vector(planes + place, at->planeStride, patch + channel, &view, LANES, M);
      else
        transform_input_gradient_vector(planes + place, at->planeStride, patch + channel, &view, channels - channel, M);
    }
    planes += PANEL;
    patch += M * view.pixelStride;
    move_on(&view, M);
  }
}

/// dX += B dV Bᵀ for a row of tiles. The first `sharedRows` rows and `sharedColumns` columns of a patch lie under
/// earlier tiles too and are added to; the others are written for the first time.
static void winograd_input_gradient(
    const float *planes, const kilim_planes *at, long tiles, long channels, float *patch, const kilim_patch *view) {
  WITH_CONSTANT_SIDE(at->side, transform_input_gradient_row, planes, at, tiles, channels, patch, view);
}

// MARK: Results

INLINE void transform_output_vector(
    const float *planes, long planeStride, const kilim_result *result, long channel, long count, const int M) {
  const int N = M + 2;
  vec half[4][6], patch[16];
  for (int c = 0; c < N; c++) {
    vec column[6], results[4];
    UNROLL for (int r = 0; r < N; r++) column[r] = load(planes + (r * N + c) * planeStride, LANES);
    multiply_At(column, results, M);
    UNROLL for (int r = 0; r < M; r++) half[r][c] = results[r];
  }
  UNROLL for (int r = 0; r < M; r++) multiply_At(half[r], patch + r * M, M);
  finish(patch, M, M, result, channel, count);
}

INLINE void transform_output_row(
    const float *planes, const kilim_planes *at, long tiles, long channels, kilim_result *result, const int M) {
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      prefetch_results(result, M, M, channel, 1);
      if (channels - channel >= LANES)
        transform_output_vector(planes + place, at->planeStride, result, channel, LANES, M);
      else
        transform_output_vector(planes + place, at->planeStride, result, channel, channels - channel, M);
    }
    planes += PANEL;
    move_result(result, result->pools ? M / 2 : M);
  }
}

/// Y = Aᵀ M A for a row of tiles, finished and written to their places; `result` moves on with the tiles.
static void winograd_output(
    const float *planes, const kilim_planes *at, long tiles, long channels, kilim_result *result) {
  WITH_CONSTANT_SIDE(at->side, transform_output_row, planes, at, tiles, channels, result);
}

INLINE void transform_gradient_vector(
    const kilim_gradient *gradient, float *planes, long planeStride, long channel, long count, const int M) {
  const int N = M + 2;
  vec patch[16], half[6][4];
  read_gradient(patch, M, M, gradient, channel, count);
  UNROLL for (int c = 0; c < M; c++) {
    vec column[4], result[6];
    UNROLL for (int r = 0; r < M; r++) column[r] = patch[r * M + c];
    multiply_A(column, result, M);
    UNROLL for (int r = 0; r < N; r++) half[r][c] = result[r];
  }
  for (int r = 0; r < N; r++) {
    vec result[6];
    multiply_A(half[r], result, M);
    UNROLL for (int c = 0; c < N; c++) store(planes + (r * N + c) * planeStride, result[c], LANES);
  }
}

/// Asks for the `part`-th part of what the next row of tiles will read, a vector of each of its M × M gradients, or of
/// the fourth of them that were pooled.
INLINE void prefetch_gradient(const kilim_gradient *nextRow, long part, const int M) {
  const int numbers = nextRow->places ? M * M / 4 : M * M;
  for (int i = 0; i < numbers; i++) __builtin_prefetch(nextRow->values + (part * numbers + i) * LANES, 0, 1);
  if (nextRow->places) __builtin_prefetch(nextRow->places + part * numbers * LANES, 0, 1);
}

INLINE void transform_gradient_row(
    kilim_gradient *gradient, long tiles, long channels, float *planes, const kilim_planes *at, const int M) {
  const long step = gradient->places ? M / 2 : M;
  kilim_gradient nextRow = *gradient;
  nextRow.values += step * gradient->rowStride;
  if (nextRow.places) nextRow.places += step * gradient->rowStride;
  long part = 0;
  for (long tile = 0; tile < tiles; tile++) {
    FOR_VECTORS(channels, at->panelStride) {
      prefetch_gradient(&nextRow, part++, M);
      if (channels - channel >= LANES)
        transform_gradient_vector(gradient, planes + place, at->planeStride, channel, LANES, M);
      else
        transform_gradient_vector(gradient, planes + place, at->planeStride, channel, channels - channel, M);
    }
    clear_rest(planes, at, channels);
    planes += PANEL;
    move_gradient(gradient, step);
  }
}

/// dM = A dY Aᵀ for a row of tiles of the gradient of the results; `gradient` moves on with the tiles.
static void winograd_gradient(
    kilim_gradient *gradient, long tiles, long channels, float *planes, const kilim_planes *at) {
  WITH_CONSTANT_SIDE(at->side, transform_gradient_row, gradient, tiles, channels, planes, at);
}

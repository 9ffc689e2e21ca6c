// Convolution without a transform, for the first layer of a network: an image of few channels has too little to
// multiply for Winograd, and a matrix of columns would be many times its size.
//
// The filters stand as panels `[C · kh · kw][32]`. Eight results, two rows of four, are computed at a time straight
// from the padded image, by the product of Multiply.h, and finished before they leave the L1 cache.

/// Rows of a tile: eight results are one or two.
enum { DIRECT_ROWS = TILE_ROWS == 8 ? 8 : 4 };

/// Multiplies the pixels under DIRECT_ROWS of 2 × 4 results, from the `first` on, by TILE_VECTORS vectors of filters.
/// Element k of the filter lies at `image[steps[k]]` under the first result.
INLINE tile_sums multiply_pixels(
    const float *image, long rowStride, const long *steps, long depth, const float *filters, const int first) {
  tile_sums sums = {0};
  for (long k = 0; k < depth; k++) {
    const float *pixels = image + steps[k];
    vec columns[TILE_VECTORS];
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) columns[j] = load(filters + k * PANEL + j * LANES, LANES);
    UNROLL for (int i = 0; i < DIRECT_ROWS; i++) {
      vec x = splat(pixels[(first + i) / 4 * rowStride + (first + i) % 4]);
      UNROLL for (int j = 0; j < TILE_VECTORS; j++) sums.row[i][j] += x * columns[j];
    }
  }
  return sums;
}

/// 2 × 4 results of one panel of channels.
INLINE void direct_patch(
    const float *image, long rowStride, const long *steps, long depth, const float *filters, long channel,
    long channels, const kilim_result *result) {
  UNROLL for (int v = 0; v < VECTORS; v += TILE_VECTORS) {
    vec patch[TILE_VECTORS][8];
    UNROLL for (int first = 0; first < 8; first += DIRECT_ROWS) {
      tile_sums sums = multiply_pixels(image, rowStride, steps, depth, filters + v * LANES, first);
      UNROLL for (int i = 0; i < DIRECT_ROWS; i++)
        UNROLL for (int j = 0; j < TILE_VECTORS; j++) patch[j][first + i] = sums.row[i][j];
    }
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) {
      long at = channel + (v + j) * LANES, count = channels - at;
      if (count >= LANES) finish(patch[j], 2, 4, result, at, LANES);
      else if (count > 0) finish(patch[j], 2, 4, result, at, count);
    }
  }
}

/// Two rows of `columns` results, rounded up to fours, of one panel of channels. Element k of the filter lies at
/// `image[steps[k]]` under the first result.
static void direct_output(
    const float *image, long rowStride, const long *steps, long depth, const float *filters, long columns, long channel,
    long channels, const kilim_result *result) {
  kilim_result patch = *result;
  for (long c = 0; c < columns; c += 4) {
    direct_patch(image + c, rowStride, steps, depth, filters, channel, channels, &patch);
    move_result(&patch, result->pools ? 2 : 4);
  }
}

/// The gradient of two rows of results, for one panel of channels: `[2][columns][32]`, spread where it was pooled.
/// `columns` is even.
static void spread_gradient(
    const kilim_gradient *gradient, long channel, long channels, long columns, float *rows) {
  kilim_gradient pair = *gradient;
  for (long c = 0; c < columns; c += 2) {
    for (int v = 0; v < PANEL; v += LANES) {
      vec patch[4] = {zeros(), zeros(), zeros(), zeros()};
      long count = channels - channel - v;
      if (count >= LANES) read_gradient(patch, 2, 2, &pair, channel + v, LANES);
      else if (count > 0) read_gradient(patch, 2, 2, &pair, channel + v, count);
      UNROLL for (int i = 0; i < 4; i++)
        store(rows + (i / 2 * columns + c + i % 2) * PANEL + v, patch[i], LANES);
    }
    move_gradient(&pair, pair.places ? 1 : 2);
  }
}

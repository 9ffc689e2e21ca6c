// Winograd's F(4 × 4, 3 × 3) of images with few channels, the first layer of a network: 36 products for each channel and
// 16 results, in place of 144. So few products are summed in registers, one column of a tile's points at a time, and go
// straight on into the transform back; no matrix of them is written.
//
// The inputs of a row of tiles are transformed with the tiles in the lanes. For that their columns stand apart: column
// 4 t + q of a row is element t of its part q, so what tile t reads in one column stands beside what tile t + 1 does.
//
// Registers: 6 sums for each of SHALLOW_TILES tiles and TILE_VECTORS vectors of filters.
//   AVX-512  2 tiles, 24 sums, 2 vectors of filters, 2 broadcasts: 28 of 32 registers, one load for each FMA
//   AVX2     1 tile, 12 sums, 2 vectors of filters, 1 broadcast: 15 of 16 registers

enum { SHALLOW_TILES = LANES == 16 ? 2 : 1 };

/// Sets the columns of a row apart, `[4][pitch]`: element t of part q is column 4 t + q.
static void part_columns(const float *row, long pitch, float *parts) {
  for (long t = 0; t < pitch; t++)
    UNROLL for (int q = 0; q < 4; q++) parts[q * pitch + t] = row[4 * t + q];
}

/// V = Bᵀ d B for a row of tiles, `[36][channels][width]`, `width` being the number of tiles rounded up to whole vectors.
/// `image` is `[channels][6][4][pitch]`, its columns apart; reads up to two elements behind `width` of each part.
static void shallow_input(const float *image, long pitch, long channels, long width, float *transformed) {
  for (long channel = 0; channel < channels; channel++, image += 6 * 4 * pitch, transformed += width)
    for (long tile = 0; tile < width; tile += LANES) {
      vec half[6][6];
      UNROLL for (int c = 0; c < 6; c++) {
        vec column[6], result[6];
        UNROLL for (int r = 0; r < 6; r++) column[r] = load(image + (r * 4 + c % 4) * pitch + tile + c / 4, LANES);
        multiply_Bt(column, result, 4);
        UNROLL for (int r = 0; r < 6; r++) half[r][c] = result[r];
      }
      for (int r = 0; r < 6; r++) {
        vec result[6];
        multiply_Bt(half[r], result, 4);
        UNROLL for (int c = 0; c < 6; c++) store(transformed + (r * 6 + c) * channels * width + tile, result[c], LANES);
      }
    }
}

/// The products of some tiles and of TILE_VECTORS vectors of filters, and the first pass of their transform back.
INLINE void multiply_shallow(
    const float *data, long channels, long width, const float *filters, long planeStride,
    vec half[SHALLOW_TILES][TILE_VECTORS][4][6]) {
  for (int c = 0; c < 6; c++) {
    vec sums[SHALLOW_TILES][TILE_VECTORS][6] = {0};
    for (long channel = 0; channel < channels; channel++)
      UNROLL for (int r = 0; r < 6; r++) {
        const float *filter = filters + (r * 6 + c) * planeStride + channel * PANEL;
        const float *x = data + ((r * 6 + c) * channels + channel) * width;
        UNROLL for (int v = 0; v < TILE_VECTORS; v++)
          UNROLL for (int t = 0; t < SHALLOW_TILES; t++) sums[t][v][r] += splat(x[t]) * load(filter + v * LANES, LANES);
      }
    UNROLL for (int t = 0; t < SHALLOW_TILES; t++)
      UNROLL for (int v = 0; v < TILE_VECTORS; v++) {
        vec result[4];
        multiply_At(sums[t][v], result, 4);
        UNROLL for (int r = 0; r < 4; r++) half[t][v][r][c] = result[r];
      }
  }
}

/// Y = Aᵀ [U ⊙ V] A for a row of tiles and one panel of filters, finished. U is `[channels][32]` in each plane.
static void shallow_output(
    const float *transformed, long inputChannels, long width, const float *filters, const kilim_planes *at, long tiles,
    long channel, long channels, const kilim_result *result) {
  kilim_result place = *result;
  for (long tile = 0; tile < tiles; tile += SHALLOW_TILES) {
    kilim_result next = place;
    for (int v = 0; v < PANEL && v < channels - channel; v += TILE_VECTORS * LANES) {
      vec half[SHALLOW_TILES][TILE_VECTORS][4][6];
      prefetch_results(&place, 4, 4 * SHALLOW_TILES, channel + v, TILE_VECTORS);
      multiply_shallow(transformed + tile, inputChannels, width, filters + v, at->planeStride, half);
      next = place;
      for (int t = 0; t < SHALLOW_TILES; t++) {
        for (int i = 0; i < TILE_VECTORS; i++) {
          vec patch[16];
          UNROLL for (int r = 0; r < 4; r++) multiply_At(half[t][i][r], patch + 4 * r, 4);
          const long first = channel + v + i * LANES, count = channels - first;
          if (count >= LANES) finish(patch, 4, 4, &next, first, LANES);
          else if (count > 0) finish(patch, 4, 4, &next, first, count);
        }
        move_result(&next, next.pools ? 2 : 4);
      }
    }
    place = next;
  }
}

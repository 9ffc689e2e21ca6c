// Convolution by pointers: rows of a product of matrices that stand anywhere in an image.
//
// An image has its channels innermost. Each pixel of the result reads a run of channels under each tap of the window; a
// list of pointers says where, and points to zeros in the padding. So any window, stride and dilation is one product of
// matrices whose left factor is never copied. The tile of sums is that of Multiply.h. A block of the sums is short enough
// for its filters to stay in the caches near the core; between blocks the sums wait in the result.
//
// Source: Dukhan, The Indirect Convolution Algorithm, 2019.

/// Adds the outer product of number k of each row, and `vectors` vectors of one row of filters.
INLINE void add_pointed_product(
    tile_sums *sums, int rows, int vectors, const float *const *a, long k, const float *filters) {
  vec columns[TILE_VECTORS];
  UNROLL for (int j = 0; j < vectors; j++) columns[j] = load(filters + j * LANES, LANES);
  UNROLL for (int i = 0; i < rows; i++) {
    vec x = splat(a[i][k]);
    UNROLL for (int j = 0; j < vectors; j++) sums->row[i][j] += x * columns[j];
  }
}

/// Finishes the results of one part of a tile with functions that are no bounds.
static __attribute__((noinline)) void finish_active_rows(
    vec *values, long rows, const kilim_indirect *work, float *const *results, long channel, long count) {
  const kilim_epilogue *epilogue = &work->epilogue;
  channel_vectors vectors = load_channels(epilogue, channel, count);
  for (long i = 0; i < rows; i++) values[i] += vectors.bias;
  activate(values, rows, &epilogue->activation);
  if (epilogue->factor || epilogue->addend)
    for (long i = 0; i < rows; i++)
      values[i] = affine_result(values[i], &vectors, epilogue, results[i] - work->resultsBase + channel, count);
  if (has_last(epilogue)) activate(values, rows, &epilogue->last);
  for (long i = 0; i < rows; i++) store(results[i] + channel, values[i], count);
}

/// Writes the sums of one vector of channels of a tile.
INLINE void store_rows(
    const tile_sums *sums, int rows, int vector, const kilim_indirect *work, float *const *results, long channel,
    long count) {
  if (!work->isLast) {
    UNROLL for (int i = 0; i < rows; i++) store(results[i] + channel, sums->row[i][vector], count);
    return;
  }
  channel_vectors vectors = load_channels(&work->epilogue, channel, count);
  if (vectors.isClipped) {
    UNROLL for (int i = 0; i < rows; i++) {
      long at = results[i] - work->resultsBase + channel;
      store(
          results[i] + channel, clipped_result(sums->row[i][vector], &vectors, &work->epilogue, at, count), count);
    }
    return;
  }
  vec copy[TILE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) copy[i] = sums->row[i][vector];
  finish_active_rows(copy, rows, work, results, channel, count);
}

/// A part of a tile: `rows` pixels and `vectors` vectors of channels, both constants.
INLINE void indirect_part(const int rows, const int vectors, const kilim_indirect *work, long row, long column) {
  float *const *results = work->results + row;
  const long channel = work->channel + column, columns = work->columns - column;
  tile_sums sums = {0};
  if (work->accumulates) {
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < vectors; j++)
        sums.row[i][j] = load(results[i] + channel + j * LANES, columns - j * LANES);
  } else {
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int j = 0; j < vectors; j++) __builtin_prefetch(results[i] + channel + j * LANES, 1);
  }
  const float *filters = work->filters + column;
  const float *const *reads = work->reads + work->tap * work->readPitch + row;
  long start = work->start;
  for (long left = work->count; left > 0; reads += work->readPitch, start = 0) {
    const long count = work->depth - start < left ? work->depth - start : left;
    const float *a[TILE_ROWS];
    UNROLL for (int i = 0; i < rows; i++) a[i] = reads[i] + work->readOffset + start;
    for (long k = 0; k < count; k++, filters += PANEL) add_pointed_product(&sums, rows, vectors, a, k, filters);
    left -= count;
  }
  UNROLL for (int j = 0; j < vectors; j++) {
    const long count = columns - j * LANES;
    if (count >= LANES) store_rows(&sums, rows, j, work, results, channel + j * LANES, LANES);
    else store_rows(&sums, rows, j, work, results, channel + j * LANES, count);
  }
}

/// A tile of `rows` pixels, a constant, and all channels of the panel.
INLINE void indirect_tile(const int rows, const kilim_indirect *work, long row) {
  for (long column = 0; column < work->columns; column += TILE_VECTORS * LANES) {
    if (work->columns - column > LANES) indirect_part(rows, TILE_VECTORS, work, row, column);
    else indirect_part(rows, 1, work, row, column);
  }
}

/// The calls of `kernel` for tiles of up to four rows, and those for the larger ones that TILE_ROWS allows.
#define UP_TO_FOUR_ROWS(kernel, ...)     \
  case 4: kernel(4, __VA_ARGS__); break; \
  case 3: kernel(3, __VA_ARGS__); break; \
  case 2: kernel(2, __VA_ARGS__); break; \
  case 1: kernel(1, __VA_ARGS__); break;
#if TILE_ROWS >= 6
#define UP_TO_SIX_ROWS(kernel, ...)      \
  case 6: kernel(6, __VA_ARGS__); break; \
  case 5: kernel(5, __VA_ARGS__); break;
#else
#define UP_TO_SIX_ROWS(kernel, ...)
#endif
#if TILE_ROWS >= 8
#define UP_TO_EIGHT_ROWS(kernel, ...)    \
  case 8: kernel(8, __VA_ARGS__); break; \
  case 7: kernel(7, __VA_ARGS__); break;
#else
#define UP_TO_EIGHT_ROWS(kernel, ...)
#endif

/// Calls `kernel` with the size of a tile as a constant, and what else it takes.
#define FOR_TILE_SIZES(size, kernel, ...)  \
  switch (size) {                          \
    UP_TO_EIGHT_ROWS(kernel, __VA_ARGS__)  \
    UP_TO_SIX_ROWS(kernel, __VA_ARGS__)    \
    UP_TO_FOUR_ROWS(kernel, __VA_ARGS__)   \
  }

/// Y = epilogue(Σ x · w) for one piece of a convolution.
static void indirect(const kilim_indirect *work) {
  const long tiles = (work->rows + TILE_ROWS - 1) / TILE_ROWS;
  for (long tile = 0; tile < tiles; tile++) {
    const long row = work->rows * tile / tiles, size = work->rows * (tile + 1) / tiles - row;
    FOR_TILE_SIZES(size, indirect_tile, work, row)
  }
}

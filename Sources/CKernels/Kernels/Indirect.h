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

/// Finishes and writes one vector of channels of some rows, by all steps of an epilogue.
static __attribute__((noinline)) void finish_rows(
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

/// How results are finished: as they are; with a bias, bounds, an addend and bounds behind it; or in another way.
typedef enum { AS_THEY_ARE, WITHIN_BOUNDS, OTHERWISE } finish_kind;

INLINE finish_kind finish_kind_of(const kilim_indirect *work) {
  const kilim_epilogue *epilogue = &work->epilogue;
  const kilim_activation *activation = &epilogue->activation;
  if (!work->isLast) return AS_THEY_ARE;
  if (epilogue->factor || activation->function != KILIM_IDENTITY || epilogue->last.function != KILIM_IDENTITY)
    return OTHERWISE;
  const int hasBounds = activation->low > -__builtin_inff() || activation->high < __builtin_inff();
  return epilogue->bias || epilogue->addend || hasBounds || has_last(epilogue) ? WITHIN_BOUNDS : AS_THEY_ARE;
}

/// Writes the sums of one vector of channels of a tile. What is asked is asked once for all rows: the sums have few
/// multiplications each where an image has few channels, and a question for each of them would cost as much.
INLINE void store_rows(
    const tile_sums *sums, int rows, int vector, const kilim_indirect *work, finish_kind kind, float *const *results,
    long channel, long count) {
  const kilim_epilogue *epilogue = &work->epilogue;
  vec values[TILE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) values[i] = sums->row[i][vector];
  if (kind == WITHIN_BOUNDS) {
    const vec bias = epilogue->bias ? load(epilogue->bias + channel, count) : zeros();
    const float low = epilogue->activation.low, high = epilogue->activation.high;
    UNROLL for (int i = 0; i < rows; i++) values[i] = clip(values[i] + bias, low, high);
    if (epilogue->addend) {
      const float *addend = epilogue->addend + channel;
      UNROLL for (int i = 0; i < rows; i++) values[i] += load(addend + (results[i] - work->resultsBase), count);
    }
    const float lastLow = epilogue->last.low, lastHigh = epilogue->last.high;
    if (has_last(epilogue)) {
      UNROLL for (int i = 0; i < rows; i++) values[i] = clip(values[i], lastLow, lastHigh);
    }
  } else if (kind == OTHERWISE) {
    // A copy, so that the values may stay in registers otherwise.
    vec copy[TILE_ROWS];
    UNROLL for (int i = 0; i < rows; i++) copy[i] = values[i];
    finish_rows(copy, rows, work, results, channel, count);
    return;
  }
  UNROLL for (int i = 0; i < rows; i++) store(results[i] + channel, values[i], count);
}

/// A part of a tile: `rows` pixels and `vectors` vectors of channels, both constants. The filters behind those of the call are
/// asked for, since the next call reads them.
INLINE void indirect_part(
    const int rows, const int vectors, const kilim_indirect *work, finish_kind kind, line_range ahead, long row,
    long column) {
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
    // The pixels of the next tile are asked for one cache line at a time, as this one is read.
    const float *const *next = row + 2 * rows <= work->rows ? reads + rows : reads;
    for (long k = 0, end; k < count;) {
      request(ahead, filters + work->count * PANEL - column);
      if (work->isFirst) {
        UNROLL for (int i = 0; i < rows; i++) __builtin_prefetch(next[i] + work->readOffset + start + k);
      }
      for (end = k + LINE < count ? k + LINE : count; k < end; k++, filters += PANEL)
        add_pointed_product(&sums, rows, vectors, a, k, filters);
    }
    left -= count;
  }
  UNROLL for (int j = 0; j < vectors; j++) {
    const long count = columns - j * LANES;
    if (count >= LANES) store_rows(&sums, rows, j, work, kind, results, channel + j * LANES, LANES);
    else store_rows(&sums, rows, j, work, kind, results, channel + j * LANES, count);
  }
}

/// A tile of `rows` pixels, a constant, and all channels of the panel.
INLINE void indirect_tile(const int rows, const kilim_indirect *work, finish_kind kind, line_range ahead, long row) {
  for (long column = 0; column < work->columns; column += TILE_VECTORS * LANES) {
    if (work->columns - column > LANES) indirect_part(rows, TILE_VECTORS, work, kind, ahead, row, column);
    else indirect_part(rows, 1, work, kind, ahead, row, column);
    ahead.end = ahead.first;
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
  if (work->rows <= 0) return;
  const finish_kind kind = finish_kind_of(work);
  // The first tiles have one row more than the others, or as many.
  const long tiles = (work->rows + TILE_ROWS - 1) / TILE_ROWS;
  const long smallest = work->rows / tiles, larger = work->rows % tiles;
  for (long tile = 0, row = 0, size; tile < tiles; tile++, row += size) {
    size = smallest + (tile < larger);
    const line_range ahead = share_of_lines(tile, 1, tiles, LINE);
    FOR_TILE_SIZES(size, indirect_tile, work, kind, ahead, row)
  }
}

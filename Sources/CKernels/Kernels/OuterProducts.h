// The gradient of a filter: Σ x · dy over many pixels, products of two panels `[pixels][32]`.

/// Some numbers of each row, from wherever the row stands, as panels of 32 columns. The vectors behind them are left as
/// they are. Later rows are prefetched.
static void gather_rows(const float *const *reads, long offset, long rows, long columns, float *panels) {
  for (long row = 0; row < rows; row++, panels += PANEL) {
    const float *from = reads[row] + offset, *ahead = reads[row + 4 < rows ? row + 4 : row] + offset;
    float *to = panels;
    for (long j = 0; j < columns; j += LANES) {
      __builtin_prefetch(ahead + j);
      store(to + j % PANEL, load(from + j, columns - j), LANES);
      if (j % PANEL == PANEL - LANES) to += rows * PANEL;
    }
  }
}

/// A part of a tile: `rows` × `vectors` vectors, both constants.
INLINE void outer_product_part(
    const int rows, const int vectors, long depth, const float *a, const float *b, long columns, float *c, long stride,
    int accumulates) {
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < vectors; j++) __builtin_prefetch(c + i * stride + j * LANES, 1);
  tile_sums sums = {0};
  for (long k = 0; k < depth; k++, a += PANEL, b += PANEL) add_product(&sums, rows, vectors, a, 1, b, vectors * LANES);
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < vectors; j++) {
      float *to = c + i * stride + j * LANES;
      const long count = columns - j * LANES;
      store(to, accumulates ? sums.row[i][j] + load(to, count) : sums.row[i][j], count);
    }
}

INLINE void outer_product_tile(
    const int rows, long row, long depth, long columns, const float *a, const float *b, float *c, long stride,
    int accumulates) {
  for (long j = 0; j < columns; j += TILE_VECTORS * LANES) {
    if (columns - j > LANES)
      outer_product_part(
          rows, TILE_VECTORS, depth, a + row, b + j, columns - j, c + row * stride + j, stride, accumulates);
    else outer_product_part(rows, 1, depth, a + row, b + j, columns - j, c + row * stride + j, stride, accumulates);
  }
}

/// C = Aᵀ · B, or C += Aᵀ · B, for the first `rows` columns of A and the first `columns` of B. The rows of C are `stride`
/// floats apart. All vectors of B that the columns reach into are read whole.
static void add_outer_products(
    long depth, long rows, long columns, const float *a, const float *b, float *c, long stride, int accumulates) {
  const long tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  for (long tile = 0; tile < tiles; tile++) {
    const long row = rows * tile / tiles, size = rows * (tile + 1) / tiles - row;
    FOR_TILE_SIZES(size, outer_product_tile, row, depth, columns, a, b, c, stride, accumulates)
  }
}

/// The sums over the rows of a panel, or those added to what `sums` holds: 32 numbers.
static void add_rows(long rows, long columns, const float *panel, float *sums, int accumulates) {
  for (long j = 0; j < columns; j += LANES) {
    vec parts[4] = {zeros(), zeros(), zeros(), zeros()};
    for (long row = 0; row < rows; row++) parts[row % 4] += load(panel + row * PANEL + j, LANES);
    vec sum = (parts[0] + parts[1]) + (parts[2] + parts[3]);
    store(sums + j, accumulates ? sum + load(sums + j, LANES) : sum, LANES);
  }
}

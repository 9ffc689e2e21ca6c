// Products of matrices whose factors both lie along the depth: each element of C is the scalar product of a row of A and
// a row of B, which are read where they stand.
//
// The sums of a tile are vectors, of which each lane adds up every LANES-th product. At last the tile is transposed in
// registers, so that the lanes of all its sums are added at once. A tile of one row has more columns than others, so that
// enough additions are under way.

enum { DOT_ROWS = LANES / 4, DOT_COLUMNS = 4, LONE_ROW_COLUMNS = LANES < 8 ? LANES : 8 };

/// Adds `count` products, at most LANES, to each sum of the tile.
INLINE void add_dots(
    vec *sums, int rows, int columns, const float *const *a, const float *const *b, long k, long count) {
  UNROLL for (int i = 0; i < rows; i++) {
    const vec x = load(a[i] + k, count);
    UNROLL for (int j = 0; j < columns; j++) sums[i * columns + j] += x * load(b[j] + k, count);
  }
}

/// The tile of `rows` × `columns` elements, both constants, that begins at `row` and `column`. Where fewer are left, the
/// last row or column stands for those that are missing.
INLINE void dots_tile(const kilim_product *product, long row, long column, int rows, int columns) {
  const float *a[DOT_ROWS], *b[LONE_ROW_COLUMNS];
  const long lastRow = product->rows - 1, lastColumn = product->columns - 1;
  UNROLL for (int i = 0; i < rows; i++)
    a[i] = product->a + (row + i < lastRow ? row + i : lastRow) * product->aRowStride;
  UNROLL for (int j = 0; j < columns; j++)
    b[j] = product->b + (column + j < lastColumn ? column + j : lastColumn) * product->bStride;
  vec sums[LANES] = {0};
  long k = 0;
  for (; k + LANES <= product->depth; k += LANES) add_dots(sums, rows, columns, a, b, k, LANES);
  if (k < product->depth) add_dots(sums, rows, columns, a, b, k, product->depth - k);
  transpose(sums);
  UNROLL for (int half = LANES / 2; half > 0; half /= 2)
    UNROLL for (int i = 0; i < half; i++) sums[i] += sums[i + half];
  for (long i = 0; i < rows && row + i <= lastRow; i++) {
    float *c = product->c + (row + i) * product->cStride + column;
    for (long j = 0; j < columns && column + j <= lastColumn; j++)
      c[j] = sums[0][i * columns + j] + (product->accumulates ? c[j] : 0);
  }
}

/// C = A · Bᵀ, or C += A · Bᵀ, where the rows of A and B have no gaps between their elements.
static void multiply_dots(const kilim_product *product) {
  if (product->rows == 1) {
    for (long column = 0; column < product->columns; column += LONE_ROW_COLUMNS)
      dots_tile(product, 0, column, 1, LONE_ROW_COLUMNS);
    return;
  }
  for (long row = 0; row < product->rows; row += DOT_ROWS)
    for (long column = 0; column < product->columns; column += DOT_COLUMNS)
      dots_tile(product, row, column, DOT_ROWS, DOT_COLUMNS);
}

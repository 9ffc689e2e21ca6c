// Products of matrices of any size: rows of A, wherever they stand, times one panel of up to 32 columns of B.
//
// The tile of sums is like that of Multiply.h, with fewer rows and one vector of columns at the edges, so that nothing
// outside of A and C is touched. The sums are stored to, or at last added to, a matrix with any distance between its
// rows; its lines are asked for before the sums are computed, so that they have come when they are needed.
//
// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.

/// One part of the tile, of `rows` × `vectors` vectors, both constants. `columns` of them are stored.
INLINE void product_part(
    int rows, int vectors, const kilim_product *product, const float *a, const float *b, float *c, long columns) {
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < vectors; j++) __builtin_prefetch(c + i * product->cStride + j * LANES, 1);
  tile_sums sums = {0};
  long rowStride = product->aRowStride, depthStride = product->aDepthStride, bStride = product->bStride;
  if (columns >= vectors * LANES)
    for (long k = product->depth; k > 0; k--, a += depthStride, b += bStride)
      add_product(&sums, rows, vectors, a, rowStride, b, vectors * LANES);
  else
    for (long k = product->depth; k > 0; k--, a += depthStride, b += bStride)
      add_product(&sums, rows, vectors, a, rowStride, b, columns);
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < vectors; j++) {
      float *to = c + i * product->cStride + j * LANES;
      if (product->accumulates) sums.row[i][j] += load(to, columns - j * LANES);
      store(to, sums.row[i][j], columns - j * LANES);
    }
}

/// All parts of a tile of `rows` rows, a constant.
INLINE void product_tile(long row, int rows, const kilim_product *product) {
  const float *a = product->a + row * product->aRowStride;
  float *c = product->c + row * product->cStride;
  for (long j = 0; j < product->columns; j += TILE_VECTORS * LANES) {
    long columns = product->columns - j;
    if (columns > LANES) product_part(rows, TILE_VECTORS, product, a, product->b + j, c + j, columns);
    else product_part(rows, 1, product, a, product->b + j, c + j, columns);
  }
}

/// C = A · B, or C += A · B.
static void multiply_matrices(const kilim_product *product) {
  FOR_TILES(product->rows, product_tile, product)
}

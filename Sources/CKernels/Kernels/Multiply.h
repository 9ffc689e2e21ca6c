// Register-blocked products of matrices: 8 rows of A times one panel of 32 columns of B.
//
// B stands in a panel, `[depth][32]`, so that the innermost loop reads it in order; the eight elements of a column of
// A are broadcast. The kernels differ in how A lies in memory. C is `[rows][32]`.
//
// Registers: the tile of 8 × 32 sums is computed in parts of TILE_ROWS × TILE_VECTORS vectors.
//   AVX-512  8 × 2 sums of 16 lanes, 2 vectors of B; the broadcasts are operands in memory: 18 of 32 registers
//   AVX2     4 × 2 sums of 8 lanes, 2 vectors of B, 1 broadcast: 11 of 16 registers
// so that an FMA waits for the sum of 8 to 16 FMAs before it, which hides its latency of 4 cycles.
//
// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.

/// The sums of one part of a tile.
typedef struct {
  vec row[TILE_ROWS][TILE_VECTORS];
} part;

INLINE void load_part(part *sums, const float *c) {
  UNROLL for (int i = 0; i < TILE_ROWS; i++)
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) sums->row[i][j] = load(c + i * PANEL + j * LANES, LANES);
}

INLINE void store_part(const part *sums, float *c) {
  UNROLL for (int i = 0; i < TILE_ROWS; i++)
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) store(c + i * PANEL + j * LANES, sums->row[i][j], LANES);
}

/// Adds the outer product of one column of A, whose element i is `a[i * stride]`, and one row of B.
INLINE void add_product(part *sums, const float *a, long stride, const float *b) {
  vec columns[TILE_VECTORS];
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) columns[j] = load(b + j * LANES, LANES);
  UNROLL for (int i = 0; i < TILE_ROWS; i++) {
    vec x = splat(a[i * stride]);
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) sums->row[i][j] += x * columns[j];
  }
}

/// C = A · B. A stands in panels of 32 columns, `[depth / 32][rows][32]`, which lie `panelStride` floats apart.
static void multiply(long rows, long depth, const float *a, long panelStride, const float *b, float *c) {
  for (long r = 0; r < rows; r += TILE_ROWS)
    for (int j = 0; j < PANEL; j += TILE_VECTORS * LANES) {
      part sums = {0};
      const float *column = b + j;
      for (long first = 0; first < depth; first += PANEL) {
        const float *panel = a + first / PANEL * panelStride + r * PANEL;
        long count = depth - first < PANEL ? depth - first : PANEL;
        for (long k = 0; k < count; k++, column += PANEL) add_product(&sums, panel + k, PANEL, column);
      }
      store_part(&sums, c + r * PANEL + j);
    }
}

/// C = Aᵀ · B, or C += Aᵀ · B, for the first `depth` rows of one panel of A and of all panels of B, `[panels][rows][32]`.
/// The panels of C, 32 rows each, lie `panelStride` floats apart. Each part of C is asked for while the one before is
/// computed: C is too large for the caches near the core.
static void multiply_transposed(
    long depth, long rows, long panels, const float *a, const float *b, float *c, long panelStride, int accumulates) {
  for (long panel = 0; panel < panels; panel++, b += rows * PANEL, c += panelStride)
    for (long r = 0; r < PANEL; r += TILE_ROWS) {
      const float *next = r + TILE_ROWS < PANEL ? c + (r + TILE_ROWS) * PANEL : c + panelStride;
      for (int i = 0; i < TILE_ROWS * PANEL; i += 16) __builtin_prefetch(next + i, 1);
      for (int j = 0; j < PANEL; j += TILE_VECTORS * LANES) {
        part sums = {0};
        if (accumulates) load_part(&sums, c + r * PANEL + j);
        for (long k = 0; k < depth; k++) add_product(&sums, a + k * PANEL + r, 1, b + k * PANEL + j);
        store_part(&sums, c + r * PANEL + j);
      }
    }
}

/// The same, element i of the column being `a[rows[i]]`.
INLINE void add_indexed_product(part *sums, const float *a, const long *rows, const float *b) {
  vec columns[TILE_VECTORS];
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) columns[j] = load(b + j * LANES, LANES);
  UNROLL for (int i = 0; i < TILE_ROWS; i++) {
    vec x = splat(a[rows[i]]);
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) sums->row[i][j] += x * columns[j];
  }
}

/// C += Aᵀ · B for 8 elements of a filter: element i of column k of A is the pixel `a[rows[i] + k]`.
static void multiply_shifted(long depth, const float *a, const long rows[8], const float *b, float *c) {
  for (int r = 0; r < 8; r += TILE_ROWS)
    for (int j = 0; j < PANEL; j += TILE_VECTORS * LANES) {
      part sums;
      load_part(&sums, c + r * PANEL + j);
      for (long k = 0; k < depth; k++) add_indexed_product(&sums, a + k, rows + r, b + k * PANEL + j);
      store_part(&sums, c + r * PANEL + j);
    }
}

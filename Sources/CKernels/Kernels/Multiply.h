// Register-blocked products of matrices: rows of A times one panel of 32 columns of B.
//
// B stands in a panel, `[depth][32]`, so that the innermost loop reads it in order; the elements of a column of A are
// broadcast. The kernels differ in how A lies in memory. C is `[rows][32]`.
//
// Registers: the sums are computed in tiles of TILE_ROWS × TILE_VECTORS vectors, the last rows in smaller ones.
//   AVX-512   8 × 2 sums of 16 lanes, 2 vectors of B; the broadcasts are operands in memory: 18 of 32 registers
//   AVX2      6 × 2 sums of 8 lanes, 2 vectors of B, 1 broadcast: 15 of 16 registers
//   portable  4 × 2 sums of 4 lanes, 2 vectors of B, 1 broadcast: 11 of 16 registers
// so that an FMA waits for the sum of 8 to 16 FMAs before it, which hides its latency of 4 cycles.
//
// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.

/// Calls `kernel` with the first row of tile after tile, its number of rows, a constant, and what else it takes.
#define FOR_TILES(total, kernel, ...)                                                                          \
  for (long row = 0, left = (total), count; left > 0; row += count, left -= count) {                           \
    /* With tiles of six rows, the last eight are two tiles of four. */                                        \
    if (left >= TILE_ROWS && (TILE_ROWS != 6 || left != 8)) kernel(row, count = TILE_ROWS, __VA_ARGS__);       \
    else if (left >= 4) kernel(row, count = 4, __VA_ARGS__);                                                   \
    else if (left >= 2) kernel(row, count = 2, __VA_ARGS__);                                                   \
    else kernel(row, count = 1, __VA_ARGS__);                                                                  \
  }

/// The sums of a tile; as many rows as it has are used.
typedef struct {
  vec row[TILE_ROWS][TILE_VECTORS];
} tile_sums;

INLINE void load_sums(tile_sums *sums, const float *c, int rows) {
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) sums->row[i][j] = load(c + i * PANEL + j * LANES, LANES);
}

INLINE void store_sums(const tile_sums *sums, float *c, int rows) {
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) store(c + i * PANEL + j * LANES, sums->row[i][j], LANES);
}

/// Adds the outer product of one column of A, whose element i is `a[i * stride]`, and `vectors` vectors of one row of B, of
/// which `width` elements are read.
INLINE void add_product(
    tile_sums *sums, int rows, int vectors, const float *a, long stride, const float *b, long width) {
  vec columns[TILE_VECTORS];
  UNROLL for (int j = 0; j < vectors; j++) columns[j] = load(b + j * LANES, width - j * LANES);
  UNROLL for (int i = 0; i < rows; i++) {
    vec x = splat(a[i * stride]);
    UNROLL for (int j = 0; j < vectors; j++) sums->row[i][j] += x * columns[j];
  }
}

/// The floats of a cache line, and the rows of a panel between two requests for what comes next.
enum { LINE = 16, ROWS_OF_REQUEST = 8 };

/// The cache lines that a tile asks for, of each few rows of a panel that is read next. The tiles of a panel share the lines;
/// else the first tile of the next one would wait for all of them where they come from memory.
typedef struct {
  long first, end;
} line_range;

/// The share of a tile's rows, of all rows, in the lines of `panelRows` rows of a panel.
INLINE line_range share_of_lines(long row, long rows, long total, long panelRows) {
  const long lines = panelRows * PANEL / LINE;
  return (line_range){lines * row / total, lines * (row + rows) / total};
}

/// Asks for lines of the rows of a panel.
INLINE void request(line_range lines, const float *panel) {
  for (long i = lines.first; i < lines.end; i++) __builtin_prefetch(panel + i * LINE, 0, 2);
}

INLINE void multiply_tile(
    long row, int rows, long total, long depth, const float *a, long panelStride, const float *b, const float *next,
    float *c) {
  line_range ahead = share_of_lines(row, rows, total, ROWS_OF_REQUEST);
  for (int j = 0; j < PANEL; j += TILE_VECTORS * LANES, ahead.end = ahead.first) {
    tile_sums sums = {0};
    const float *column = b + j;
    for (long first = 0; first < depth; first += ROWS_OF_REQUEST) {
      const float *panel = a + first / PANEL * panelStride + row * PANEL;
      const long start = first % PANEL;
      const long end = depth - first < ROWS_OF_REQUEST ? start + depth - first : start + ROWS_OF_REQUEST;
      request(ahead, next + first * PANEL);
      for (long k = start; k < end; k++, column += PANEL)
        add_product(&sums, rows, TILE_VECTORS, panel + k, PANEL, column, TILE_VECTORS * LANES);
    }
    store_sums(&sums, c + row * PANEL + j, rows);
  }
}

/// C = A · B. A stands in panels of 32 columns, `[depth / 32][rows][32]`, which lie `panelStride` floats apart. `next` is the
/// B that is multiplied by afterwards.
static void multiply(
    long rows, long depth, const float *a, long panelStride, const float *b, const float *next, float *c) {
  FOR_TILES(rows, multiply_tile, rows, depth, a, panelStride, b, next, c)
}

INLINE void multiply_transposed_tile(
    long row, int rows, long depth, const float *a, const float *b, float *c, long panelStride, int accumulates) {
  const float *next = row + rows < PANEL ? c + (row + rows) * PANEL : c + panelStride;
  for (int i = 0; i < rows * PANEL; i += 16) __builtin_prefetch(next + i, 1);
  for (int j = 0; j < PANEL; j += TILE_VECTORS * LANES) {
    tile_sums sums = {0};
    if (accumulates) load_sums(&sums, c + row * PANEL + j, rows);
    for (long k = 0; k < depth; k++)
      add_product(&sums, rows, TILE_VECTORS, a + k * PANEL + row, 1, b + k * PANEL + j, TILE_VECTORS * LANES);
    store_sums(&sums, c + row * PANEL + j, rows);
  }
}

/// C = Aᵀ · B, or C += Aᵀ · B, for the first `depth` rows of one panel of A and of all panels of B, `[panels][rows][32]`.
/// The panels of C, 32 rows each, lie `panelStride` floats apart. Each tile of C is asked for while the one before is
/// computed: C is too large for the caches near the core.
static void multiply_transposed(
    long depth, long rows, long panels, const float *a, const float *b, float *c, long panelStride, int accumulates) {
  for (long panel = 0; panel < panels; panel++, b += rows * PANEL, c += panelStride)
    FOR_TILES(PANEL, multiply_transposed_tile, depth, a, b, c, panelStride, accumulates)
}

/// Adds the product of a column of A, whose element i is `a[places[i]]`, and one row of B.
INLINE void add_indexed_product(tile_sums *sums, int rows, const float *a, const long *places, const float *b) {
  vec columns[TILE_VECTORS];
  UNROLL for (int j = 0; j < TILE_VECTORS; j++) columns[j] = load(b + j * LANES, LANES);
  UNROLL for (int i = 0; i < rows; i++) {
    vec x = splat(a[places[i]]);
    UNROLL for (int j = 0; j < TILE_VECTORS; j++) sums->row[i][j] += x * columns[j];
  }
}

INLINE void multiply_shifted_tile(
    long row, int rows, long depth, const float *a, const long *places, const float *b, float *c) {
  for (int j = 0; j < PANEL; j += TILE_VECTORS * LANES) {
    tile_sums sums;
    load_sums(&sums, c + row * PANEL + j, rows);
    for (long k = 0; k < depth; k++) add_indexed_product(&sums, rows, a + k, places + row, b + k * PANEL + j);
    store_sums(&sums, c + row * PANEL + j, rows);
  }
}

/// C += Aᵀ · B for 8 elements of a filter: element i of column k of A is the pixel `a[places[i] + k]`.
static void multiply_shifted(long depth, const float *a, const long places[8], const float *b, float *c) {
  FOR_TILES(8, multiply_shifted_tile, depth, a, places, b, c)
}

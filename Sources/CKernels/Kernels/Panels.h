// Matrices brought into panels, `[lines / 32][depth][32]`: what the product of matrices reads in order.
//
// A factor is cut into lines, the rows of A or the columns of B, and 32 neighbouring lines make one panel. In the last
// one, lines that are missing from the last vector are 0; vectors without any line are left as they are.

/// The first and the second half of the lanes of `x` and `y`, taken in turn.
#if LANES == 16
#define FIRST_HALVES(x, y) __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define SECOND_HALVES(x, y) __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif LANES == 8
#define FIRST_HALVES(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define SECOND_HALVES(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define FIRST_HALVES(x, y) __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define SECOND_HALVES(x, y) __builtin_shufflevector(x, y, 2, 6, 3, 7)
#endif

/// Merges row i with row i + LANES / 2, for all i. The bits of an element's place, row and lane, turn by one place;
/// done log2(LANES) times, rows and lanes have changed sides.
INLINE void merge_rows(const vec *rows, vec *merged) {
  UNROLL for (int i = 0; i < LANES / 2; i++) {
    merged[2 * i] = FIRST_HALVES(rows[i], rows[i + LANES / 2]);
    merged[2 * i + 1] = SECOND_HALVES(rows[i], rows[i + LANES / 2]);
  }
}

/// Transposes LANES rows of LANES floats in registers.
INLINE void transpose(vec *rows) {
  vec other[LANES];
  merge_rows(rows, other);
  merge_rows(other, rows);
#if LANES == 16
  merge_rows(rows, other);
  merge_rows(other, rows);
#elif LANES == 8
  merge_rows(rows, other);
  UNROLL for (int i = 0; i < LANES; i++) rows[i] = other[i];
#endif
}

/// Where the lines lie side by side: element k of line j is `from[k * stride + j]`. A row far from the one before is
/// nothing that the processor asks for by itself; more than four rows ahead would drive each other out of the cache
/// where their distance is a power of two.
static void copy_panels(long depth, long lines, const float *from, long stride, float *panels) {
  for (long k = 0; k < depth; k++, from += stride, panels += PANEL) {
    float *to = panels;
    for (long j = 0; j < lines; j += LANES) {
      __builtin_prefetch(from + 4 * stride + j);
      store(to + j % PANEL, load(from + j, lines - j), LANES);
      if (j % PANEL == PANEL - LANES) to += depth * PANEL;
    }
  }
}

/// Transposes the first `count` elements of LANES lines, and asks for what comes behind them: no processor follows so
/// many lines by itself.
INLINE void transpose_lines(const float *lines, long stride, float *to, long count) {
  vec block[LANES];
  UNROLL for (int i = 0; i < LANES; i++) {
    block[i] = load(lines + i * stride, count);
    __builtin_prefetch(lines + i * stride + 2 * LANES);
  }
  transpose(block);
  UNROLL for (int i = 0; i < LANES; i++)
    if (i < count) store(to + i * PANEL, block[i], LANES);
}

/// Where each line lies by itself: element k of line j is `from[j * stride + k]`.
static void transpose_panels(long depth, long lines, const float *from, long stride, float *panels) {
  for (long j = 0; j < lines; j += LANES) {
    const float *line = from + j * stride;
    float *to = panels + j / PANEL * depth * PANEL + j % PANEL;
    long k = 0;
    if (j + LANES <= lines) {
      for (; k + LANES <= depth; k += LANES, to += LANES * PANEL) transpose_lines(line + k, stride, to, LANES);
      // With masks, what is left is worth it too, such as the 9 elements of a filter.
      if (LANES == 16 && depth - k > 4) {
        transpose_lines(line + k, stride, to, depth - k);
        continue;
      }
    }
    for (; k < depth; k++, to += PANEL)
      for (long i = 0; i < LANES; i++) to[i] = j + i < lines ? line[i * stride + k] : 0;
  }
}

/// Transposes LANES rows of a panel to the first `count` elements of as many lines, the first `lines` of which exist.
INLINE void transpose_rows(const float *panel, float *to, long stride, long lines, long count) {
  vec block[LANES];
  UNROLL for (int i = 0; i < LANES; i++) block[i] = i < count ? load(panel + i * PANEL, LANES) : zeros();
  transpose(block);
  UNROLL for (int i = 0; i < LANES; i++)
    if (i < lines) store(to + i * stride, block[i], count);
}

/// The way back from one panel, `[depth][32]`: element k of line j goes to `to[j * stride + k]`.
INLINE void transpose_panel_back(long depth, long lines, const float *panel, float *to, long stride) {
  for (long k = 0; k < depth; k += LANES)
    for (long j = 0; j < lines; j += LANES) {
      const float *from = panel + k * PANEL + j;
      float *first = to + j * stride + k;
      if (depth - k >= LANES && lines - j >= LANES) transpose_rows(from, first, stride, LANES, LANES);
      else transpose_rows(from, first, stride, lines - j, depth - k);
    }
}

// Filters brought into a panel, and gradients brought back, where the order of the rows is any.
//
// A line is a filter, or the elements of one channel of it. Line j becomes lane j of a panel; its element k goes to the
// row that a list says.

/// Element k of line j is `from[j * stride + k]` and goes to `panel[rows[k] * 32 + j]`, unless the row is negative.
/// Missing lines are 0.
static void pack_lines(const float *from, long stride, long lines, const long *rows, long count, float *panel) {
  for (long j = 0; j < PANEL; j += LANES)
    for (long k = 0; k < count; k += LANES) {
      vec block[LANES];
      const long left = count - k;
      for (long i = 0; i < LANES; i++) {
        const float *line = from + (j + i) * stride + k;
        __builtin_prefetch(line + 2 * LANES);
        if (j + i >= lines) block[i] = zeros();
        else if (left >= LANES) block[i] = load(line, LANES);
        else block[i] = load(line, left);
      }
      transpose(block);
      for (long i = 0; i < LANES && i < left; i++)
        if (rows[k + i] >= 0) store(panel + rows[k + i] * PANEL + j, block[i], LANES);
    }
}

/// Planes `[channels]`, `stride` floats apart, brought together as `[count][channels]`.
static void interleave(const float *from, long stride, long channels, long count, float *to) {
  if (channels == 3) {
    const float *first = from, *second = from + stride, *third = second + stride;
    for (long i = 0; i < count; i++) {
      to[3 * i] = first[i];
      to[3 * i + 1] = second[i];
      to[3 * i + 2] = third[i];
    }
    return;
  }
  for (long channel = 0; channel < channels; channel++)
    for (long i = 0; i < count; i++) to[i * channels + channel] = from[channel * stride + i];
}

/// The way back, summed over `parts` panels: element k of line j, in row `rows[k]`, goes to `to[j * stride + k]`.
static void unpack_lines(
    const float *panels, long parts, long partStride, const long *rows, long count, long lines, float *to, long stride) {
  for (long j = 0; j < lines; j += LANES)
    for (long k = 0; k < count; k += LANES) {
      vec block[LANES];
      const long left = count - k;
      for (long i = 0; i < LANES; i++) {
        block[i] = zeros();
        if (i >= left) continue;
        const float *from = panels + rows[k + i] * PANEL + j;
        block[i] = load(from, LANES);
        for (long part = 1; part < parts; part++) block[i] += load(from + part * partStride, LANES);
      }
      transpose(block);
      for (long i = 0; i < LANES && j + i < lines; i++) {
        if (left >= LANES) store(to + (j + i) * stride + k, block[i], LANES);
        else store(to + (j + i) * stride + k, block[i], left);
      }
    }
}

// Batch normalization over rows of channels, with the dropout before it in the same pass over memory.
//
// A dropped input is 0, a kept one is multiplied by `scale`; without `kept` every input counts as it is. Sums are taken
// a column of STRIP vectors at a time, in registers, over rows that stay in the L2 cache of the core.

enum { STRIP = 4 };

/// The input after dropout.
INLINE vec dropped(const kilim_rows *rows, long at, long count) {
  vec x = load(rows->input + at, count);
  if (!rows->kept) return x;
  return choose(load_bytes(rows->kept + at, count) != 0, x * rows->scale, zeros());
}

/// Calls `body` for the `i`-th of the vectors of a strip that begins at `channel`; `count` is its number of channels.
#define FOR_STRIP(body)                                                                                        \
  if (channels - channel >= STRIP * LANES) {                                                                   \
    const long count = LANES;                                                                                  \
    UNROLL for (int i = 0; i < STRIP; i++) body                                                                \
  } else {                                                                                                     \
    UNROLL for (int i = 0; i < STRIP; i++) {                                                                   \
      const long count = channels - channel - i * LANES;                                                       \
      if (count > 0) body                                                                                      \
    }                                                                                                          \
  }

/// The mean of every channel over the rows, and the sum of squared distances from it. The sum of the distances, which
/// would be 0 without rounding, corrects both (Chan, Golub and LeVeque 1983, eq. 1.7).
static void normalize_statistics(const kilim_rows *rows, float *mean, float *squares) {
  const long channels = rows->channels;
  const float share = 1 / (float)rows->count;
  for (long channel = 0; channel < channels; channel += STRIP * LANES) {
    vec sums[STRIP] = {0}, centers[STRIP], products[STRIP] = {0};
    for (long row = 0; row < rows->count; row++)
      FOR_STRIP({ sums[i] += dropped(rows, row * rows->pitch + channel + i * LANES, count); })
    UNROLL for (int i = 0; i < STRIP; i++) {
      centers[i] = sums[i] * share;
      sums[i] = zeros();
    }
    for (long row = 0; row < rows->count; row++)
      FOR_STRIP({
        vec distance = dropped(rows, row * rows->pitch + channel + i * LANES, count) - centers[i];
        sums[i] += distance;
        products[i] += distance * distance;
      })
    FOR_STRIP({
      store(mean + channel + i * LANES, centers[i] + sums[i] * share, count);
      store(squares + channel + i * LANES, products[i] - sums[i] * sums[i] * share, count);
    })
  }
}

/// The sum of every column of a matrix, in blocks of rows.
static void column_sums(const float *x, long rows, long channels, float *sums) {
  enum { BLOCK = 256 };
  for (long channel = 0; channel < channels; channel += STRIP * LANES) {
    vec totals[STRIP] = {0};
    for (long first = 0; first < rows; first += BLOCK) {
      vec block[STRIP] = {0};
      for (long row = first; row < rows && row < first + BLOCK; row++)
        FOR_STRIP({ block[i] += load(x + row * channels + channel + i * LANES, count); })
      UNROLL for (int i = 0; i < STRIP; i++) totals[i] += block[i];
    }
    FOR_STRIP({ store(sums + channel + i * LANES, totals[i], count); })
  }
}

/// y = x · factor + shift.
static void normalize_apply(const kilim_rows *rows, const float *factor, const float *shift, float *output) {
  const long channels = rows->channels;
  for (long row = 0; row < rows->count; row++)
    for (long channel = 0; channel < channels; channel += STRIP * LANES)
      FOR_STRIP({
        long at = channel + i * LANES;
        vec x = dropped(rows, row * rows->pitch + at, count);
        store(output + row * rows->pitch + at, x * load(factor + at, count) + load(shift + at, count), count);
      })
}

/// Σ dy and Σ dy · (x - mean) of every channel.
static void normalize_gradient_sums(
    const kilim_rows *rows, const float *gradient, const float *mean, float *sum, float *product) {
  const long channels = rows->channels;
  for (long channel = 0; channel < channels; channel += STRIP * LANES) {
    vec sums[STRIP] = {0}, products[STRIP] = {0}, centers[STRIP] = {0};
    FOR_STRIP({ centers[i] = load(mean + channel + i * LANES, count); })
    for (long row = 0; row < rows->count; row++)
      FOR_STRIP({
        long at = row * rows->pitch + channel + i * LANES;
        vec dy = load(gradient + at, count);
        sums[i] += dy;
        products[i] += dy * (dropped(rows, at, count) - centers[i]);
      })
    FOR_STRIP({
      store(sum + channel + i * LANES, sums[i], count);
      store(product + channel + i * LANES, products[i], count);
    })
  }
}

/// dx = factor · (dy - shift - (x - mean) · slope), and through the dropout.
static void normalize_gradient(
    const kilim_rows *rows, const float *gradient, const float *mean, const float *factor, const float *shift,
    const float *slope, float *output) {
  const long channels = rows->channels;
  for (long row = 0; row < rows->count; row++)
    for (long channel = 0; channel < channels; channel += STRIP * LANES)
      FOR_STRIP({
        long place = channel + i * LANES;
        long at = row * rows->pitch + place;
        vec distance = dropped(rows, at, count) - load(mean + place, count);
        vec dx = load(factor + place, count)
                 * (load(gradient + at, count) - load(shift + place, count) - distance * load(slope + place, count));
        if (rows->kept) dx = choose(load_bytes(rows->kept + at, count) != 0, dx * rows->scale, zeros());
        store(output + at, dx, count);
      })
}

// Softmax along one axis, and its logarithm: of rows whose elements are neighbours, and of columns, with neighbouring
// columns in the lanes of vectors.

/// The numbers of the lanes.
INLINE ints lane_numbers(void) {
  ints result;
  for (int lane = 0; lane < LANES; lane++) result[lane] = lane;
  return result;
}

/// Loads `count` floats; the other lanes are -∞.
INLINE vec load_lowest(const float *from, long count) {
  if (count >= LANES) return *(const vec *)from;
  return choose(lane_numbers() < (ints){0} + (int32_t)count, load(from, count), splat(-__builtin_inff()));
}

/// One row. A NaN makes all results NaN.
static void softmax_row(const float *x, float *y, long count, int takesLogarithm) {
  vec best = splat(-__builtin_inff()), totals = zeros();
  FOR_ELEMENTS({
    vec value = load_lowest(x + at, n);
    best = choose(value > best, value, best);
  })
  float largest = best[0], total = 0;
  for (int lane = 1; lane < LANES; lane++) largest = best[lane] > largest ? best[lane] : largest;
  FOR_ELEMENTS({
    vec distance = load_lowest(x + at, n) - splat(largest);
    vec e = exponential(distance);
    totals += e;
    store(y + at, takesLogarithm ? distance : e, n);
  })
  for (int lane = 0; lane < LANES; lane++) total += totals[lane];
  if (takesLogarithm) {
    vec shift = logarithm(splat(total));
    FOR_ELEMENTS({ store(y + at, load(y + at, n) - shift, n); })
  } else {
    FOR_ELEMENTS({ store(y + at, load(y + at, n) / splat(total), n); })
  }
}

/// `width` neighbouring columns of `length` elements; element i of column j is at `i * step + j`.
static void softmax_columns(
    const float *x, float *y, long length, long step, long width, int takesLogarithm) {
  for (long column = 0; column < width; column += LANES) {
    const long n = width - column < LANES ? width - column : LANES;
    const float *from = x + column;
    float *to = y + column;
    vec best = splat(-__builtin_inff()), total = zeros();
    for (long row = 0; row < length; row++) {
      vec value = load(from + row * step, n);
      best = choose(value > best, value, best);
    }
    for (long row = 0; row < length; row++) {
      vec distance = load(from + row * step, n) - best;
      vec e = exponential(distance);
      total += e;
      store(to + row * step, takesLogarithm ? distance : e, n);
    }
    vec shift = takesLogarithm ? logarithm(total) : zeros();
    for (long row = 0; row < length; row++) {
      vec value = load(to + row * step, n);
      store(to + row * step, takesLogarithm ? value - shift : value / total, n);
    }
  }
}

// Layer normalization of rows of neighbouring features, with factor and shift of each feature, in one pass; and all of its
// gradients in one more. Two numbers are kept for each row.

/// The sum of the lanes, one after the other.
INLINE float sum_of_lanes(vec x) {
  float sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += x[lane];
  return sum;
}

/// y = (x - mean) / √(variance + ε) · scale + shift. The mean and the factor of each row go to `moments`.
static void normalize_layer(
    const float *x, long rows, long length, float epsilon, const float *scale, const float *shift, float *y,
    float *moments) {
  const long count = length;
  for (long row = 0; row < rows; row++, x += length, y += length) {
    vec sums = zeros(), squares = zeros(), rest = zeros();
    FOR_ELEMENTS({ sums += load(x + at, n); })
    const float center = sum_of_lanes(sums) / (float)length;
    // The sum of the distances, which would be 0 without rounding, corrects both moments.
    FOR_ELEMENTS({
      vec distance = load(x + at, n) - splat(center);
      if (n < LANES) distance = choose(lane_numbers() < (ints){0} + (int32_t)n, distance, zeros());
      rest += distance;
      squares += distance * distance;
    })
    const float correction = sum_of_lanes(rest) / (float)length;
    const float mean = center + correction;
    const float variance = sum_of_lanes(squares) / (float)length - correction * correction;
    const float factor = 1 / __builtin_sqrtf((variance < 0 ? 0 : variance) + epsilon);
    moments[2 * row] = mean;
    moments[2 * row + 1] = factor;
    FOR_ELEMENTS({
      vec normal = (load(x + at, n) - splat(mean)) * splat(factor);
      store(y + at, normal * load(scale + at, n) + load(shift + at, n), n);
    })
  }
}

/// dx = factor · (h - mean h - x̂ · mean (h x̂)) with h = dy · scale and the normalized x̂; adds Σ dy · x̂ and Σ dy of each
/// feature to `scaleSums` and `shiftSums`.
static void normalize_layer_gradient(
    const float *x, const float *gradient, long rows, long length, const float *scale, const float *moments, float *dx,
    float *scaleSums, float *shiftSums) {
  const long count = length;
  for (long row = 0; row < rows; row++, x += length, gradient += length, dx += length) {
    const vec mean = splat(moments[2 * row]), factor = splat(moments[2 * row + 1]);
    vec sums = zeros(), products = zeros();
    FOR_ELEMENTS({
      vec dy = load(gradient + at, n), normal = (load(x + at, n) - mean) * factor, h = dy * load(scale + at, n);
      sums += h;
      products += h * normal;
      store(scaleSums + at, load(scaleSums + at, n) + dy * normal, n);
      store(shiftSums + at, load(shiftSums + at, n) + dy, n);
    })
    const vec center = splat(sum_of_lanes(sums) / (float)length);
    const vec slope = splat(sum_of_lanes(products) / (float)length);
    FOR_ELEMENTS({
      vec normal = (load(x + at, n) - mean) * factor;
      vec h = load(gradient + at, n) * load(scale + at, n);
      store(dx + at, factor * (h - center - normal * slope), n);
    })
  }
}

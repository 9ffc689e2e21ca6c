// Normalization over rows of channels with what follows it, another value that is added and an activation, in one pass, and the
// passes of its gradient. Nothing is kept between them: the gradient computes the argument of the activation again, by the
// same operations, or takes its result.

/// f(x · factor + shift + addend). The rows of the result are `outputPitch` floats apart.
INLINE void apply_active(
    const kilim_rows *rows, const kilim_active *active, const float *addend, float *output, long outputPitch,
    const int function) {
  const long channels = rows->channels;
  for (long row = 0; row < rows->count; row++)
    for (long channel = 0; channel < channels; channel += STRIP * LANES)
      FOR_STRIP({
        long place = channel + i * LANES;
        long at = row * rows->pitch + place;
        vec y = load(rows->input + at, count) * load(active->factor + place, count) + load(active->shift + place, count);
        if (addend) y = y + load(addend + at, count);
        store(output + row * outputPitch + place, function_value(function, active->parameter, y), count);
      })
}

/// The gradient with respect to the argument of the activation, for some channels of a row. `result` is what the activation
/// gave, or NULL for its argument to be computed from the input.
INLINE vec active_gradient(
    const kilim_active *active, vec x, long place, long at, const float *gradient, const float *result, long count,
    const int function) {
  vec value = result ? load(result + at, count)
                     : x * load(active->factor + place, count) + load(active->shift + place, count);
  return function_gradient(function, active->parameter, load(gradient + at, count), value);
}

/// Σ dz and Σ dz · (x - mean) of every channel, with the gradient dz of the activation's argument, which is written to
/// `passed` unless that is NULL.
INLINE void sum_active_gradients(
    const kilim_rows *rows, const kilim_active *active, const float *gradient, const float *result, const float *mean,
    float *passed, float *sum, float *product, const int function) {
  const long channels = rows->channels;
  for (long channel = 0; channel < channels; channel += STRIP * LANES) {
    vec sums[STRIP] = {0}, products[STRIP] = {0}, centers[STRIP] = {0};
    FOR_STRIP({ centers[i] = load(mean + channel + i * LANES, count); })
    for (long row = 0; row < rows->count; row++)
      FOR_STRIP({
        long place = channel + i * LANES;
        long at = row * rows->pitch + place;
        vec x = load(rows->input + at, count);
        vec dz = active_gradient(active, x, place, at, gradient, result, count, function);
        if (passed) store(passed + at, dz, count);
        sums[i] += dz;
        products[i] += dz * (x - centers[i]);
      })
    FOR_STRIP({
      store(sum + channel + i * LANES, sums[i], count);
      store(product + channel + i * LANES, products[i], count);
    })
  }
}

/// dx = factor · (dz - shift - (x - mean) · slope).
INLINE void spread_active_gradient(
    const kilim_rows *rows, const kilim_active *active, const float *gradient, const float *mean, const float *shift,
    const float *slope, float *output, const int function) {
  const long channels = rows->channels;
  for (long row = 0; row < rows->count; row++)
    for (long channel = 0; channel < channels; channel += STRIP * LANES)
      FOR_STRIP({
        long place = channel + i * LANES;
        long at = row * rows->pitch + place;
        vec x = load(rows->input + at, count);
        vec dz = active_gradient(active, x, place, at, gradient, 0, count, function);
        vec distance = x - load(mean + place, count);
        store(
            output + at,
            load(active->factor + place, count)
                * (dz - load(shift + place, count) - distance * load(slope + place, count)),
            count);
      })
}

/// Calls `body` with the function as a constant.
#define WITH_FUNCTION(active, ...)                                                                             \
  switch ((active)->function) {                                                                                \
  case KILIM_RELU: { enum { function = KILIM_RELU }; __VA_ARGS__ } break;                                      \
  case KILIM_BOUNDED_RELU: { enum { function = KILIM_BOUNDED_RELU }; __VA_ARGS__ } break;                      \
  case KILIM_SILU: { enum { function = KILIM_SILU }; __VA_ARGS__ } break;                                      \
  case KILIM_HARD_SILU: { enum { function = KILIM_HARD_SILU }; __VA_ARGS__ } break;                            \
  default: { enum { function = KILIM_IDENTITY }; __VA_ARGS__ } break;                                          \
  }

static void normalize_active(
    const kilim_rows *rows, const kilim_active *active, const float *addend, float *output, long outputPitch) {
  WITH_FUNCTION(active, {
    if (addend) apply_active(rows, active, addend, output, outputPitch, function);
    else apply_active(rows, active, 0, output, outputPitch, function);
  })
}

static void normalize_active_sums(
    const kilim_rows *rows, const kilim_active *active, const float *gradient, const float *result, const float *mean,
    float *passed, float *sum, float *product) {
  WITH_FUNCTION(active, {
    if (result) sum_active_gradients(rows, active, gradient, result, mean, passed, sum, product, function);
    else sum_active_gradients(rows, active, gradient, 0, mean, 0, sum, product, function);
  })
}

static void normalize_active_gradient(
    const kilim_rows *rows, const kilim_active *active, const float *gradient, const float *mean, const float *shift,
    const float *slope, float *output) {
  WITH_FUNCTION(active, { spread_active_gradient(rows, active, gradient, mean, shift, slope, output, function); })
}

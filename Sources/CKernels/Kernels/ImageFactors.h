// Images times a factor of each channel, as squeeze and excitation has it: the gradients of both in one pass.

/// dx = dy · factor, and Σ dy · x of every channel, for some pixels of one image. `values` and `gradient` are
/// `[pixels][channels]`.
static void factor_gradients(
    const float *values, const float *gradient, long pixels, long channels, const float *factor, float *output,
    float *sums) {
  for (long channel = 0; channel < channels; channel += STRIP * LANES) {
    vec totals[STRIP] = {0}, factors[STRIP] = {0};
    FOR_STRIP({ factors[i] = load(factor + channel + i * LANES, count); })
    for (long pixel = 0; pixel < pixels; pixel++)
      FOR_STRIP({
        long at = pixel * channels + channel + i * LANES;
        vec dy = load(gradient + at, count);
        totals[i] += dy * load(values + at, count);
        store(output + at, dy * factors[i], count);
      })
    FOR_STRIP({ store(sums + channel + i * LANES, totals[i], count); })
  }
}

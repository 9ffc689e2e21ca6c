// Pooling of images with the channels innermost: the channels are the lanes of vectors, and the elements of a window that lie
// inside of the image are listed once for all channels. Gradients are gathered: each input adds up what the windows over it
// give, in the order of the windows.

/// One row of maxima and of the places where they stood in the plane, row · columns + column. The first of several equal ones
/// counts, and NaN wins. Without an element inside of the image they are -∞ and -1.
static void max_pool(const kilim_depthwise *d, const float *image, long row, float *output, int32_t *places) {
  tap_list taps;
  for (long column = 0; column < d->resultColumns; column++, output += d->channels, places += d->channels) {
    list_taps(d, row, column, &taps);
    for (long channel = 0; channel < d->channels; channel += LANES) {
      const long count = d->channels - channel < LANES ? d->channels - channel : LANES;
      vec best = splat(-__builtin_inff());
      ints place = (ints){0} - 1;
      for (long t = 0; t < taps.count; t++) {
        vec x = load(image + taps.reads[t] + channel, count);
        ints wins = (((x > best) | (x != x)) & (best == best)) | (place < 0);
        best = choose(wins, x, best);
        place = (wins & (int32_t)(taps.reads[t] / d->channels)) | (~wins & place);
      }
      store(output + channel, best, count);
      store((float *)places + channel, (vec)place, count);
    }
  }
}

/// The gradient of one row of an image, `[columns][channels]`: each maximum's goes to its place.
static void max_pool_gradient(
    const kilim_depthwise *d, const float *gradient, const int32_t *places, long row, float *result) {
  tap_list taps;
  for (long column = 0; column < d->columns; column++, result += d->channels) {
    list_gradient_taps(d, row, column, &taps);
    const int32_t own = (int32_t)(row * d->columns + column);
    for (long channel = 0; channel < d->channels; channel += LANES) {
      const long count = d->channels - channel < LANES ? d->channels - channel : LANES;
      vec sum = zeros();
      // The taps run from the last window to the first.
      for (long t = taps.count - 1; t >= 0; t--) {
        ints place = (ints)load((const float *)places + taps.reads[t] + channel, count);
        sum += where(place == own, load(gradient + taps.reads[t] + channel, count));
      }
      store(result + channel, sum, count);
    }
  }
}

/// One row of means; `shares` has one over the number of elements of each window, `[resultRows][resultColumns]`.
static void average_pool(
    const kilim_depthwise *d, const float *image, const float *shares, long row, float *output) {
  tap_list taps;
  for (long column = 0; column < d->resultColumns; column++, output += d->channels) {
    list_taps(d, row, column, &taps);
    const vec share = splat(shares[row * d->resultColumns + column]);
    for (long channel = 0; channel < d->channels; channel += LANES) {
      const long count = d->channels - channel < LANES ? d->channels - channel : LANES;
      vec sum = zeros();
      for (long t = 0; t < taps.count; t++) sum += load(image + taps.reads[t] + channel, count);
      store(output + channel, sum * share, count);
    }
  }
}

/// The gradient of one row of an image, `[columns][channels]`: each mean's is divided among the elements of its window.
static void average_pool_gradient(
    const kilim_depthwise *d, const float *gradient, const float *shares, long row, float *result) {
  tap_list taps;
  for (long column = 0; column < d->columns; column++, result += d->channels) {
    list_gradient_taps(d, row, column, &taps);
    for (long channel = 0; channel < d->channels; channel += LANES) {
      const long count = d->channels - channel < LANES ? d->channels - channel : LANES;
      vec sum = zeros();
      for (long t = taps.count - 1; t >= 0; t--)
        sum += load(gradient + taps.reads[t] + channel, count) * splat(shares[taps.reads[t] / d->channels]);
      store(result + channel, sum, count);
    }
  }
}

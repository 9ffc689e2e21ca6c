// The gradient of 3 × 3 filters over results that were pooled by 2 × 2, straight from the image.
//
// A maximum passes its gradient to one of four results, each channel to its own. In place of multiplying by the zeros of
// the other three, the pixel under the one is looked up. The pixels under all four, 4 × 4 of each channel of the image, are
// copied together: what an element of the filter may meet are the floats 0, 1, 4 and 5 from its own place on, of which each
// lane takes its own by a single instruction.
//
// Registers: 9 sums of one channel of the image, and one of the bias.

/// Copies the 4 × 4 pixels under each of `columns` maxima, `[columns][channels][KILIM_PATCH]`. `image` is the first
/// pixel under the first one. Up to KILIM_BEHIND_PATCHES floats will be read behind the last.
static void gather_patches(
    const float *image, long rowStride, long channelStride, long channels, long columns, float *patches) {
  for (long column = 0; column < columns; column++)
    for (long channel = 0; channel < channels; channel++, patches += KILIM_PATCH)
      for (int r = 0; r < 4; r++)
        memcpy(patches + 4 * r, image + channel * channelStride + r * rowStride + 2 * column, 4 * sizeof(float));
}

/// Adds to the sums of one vector of filters and one channel of the image, `[9][32]`, and to the bias's.
INLINE void add_pooled_gradient(
    const kilim_gradient *gradient, long channel, long count, const float *patches, long patchStride, float *sums,
    float *bias) {
  vec total[9], biasTotal = load(bias, LANES);
  UNROLL for (int k = 0; k < 9; k++) total[k] = load(sums + k * PANEL, LANES);
  const float *values = gradient->values + channel;
  const uint8_t *places = gradient->places + channel;
  for (long column = 0; column < gradient->columns; column++) {
    ints place = load_bytes(places, count);
    vec value = (vec)((ints)load(values, count) & (place != NOWHERE));
    // Places 0 to 3 are floats 0, 1, 4 and 5.
    ints corner = place + (place & 2);
    biasTotal += value;
    __builtin_prefetch(values + gradient->rowStride);
    UNROLL for (int k = 0; k < 9; k++) total[k] += value * look_up(patches + k / 3 * 4 + k % 3, corner);
    values += gradient->pixelStride;
    places += gradient->pixelStride;
    patches += patchStride;
  }
  UNROLL for (int k = 0; k < 9; k++) store(sums + k * PANEL, total[k], LANES);
  store(bias, biasTotal, LANES);
}

/// Adds the gradients of a row of maxima to those of one panel of filters, `[inputChannels · 9 + 1][32]`; the last row is
/// the bias's. `patches` are the pixels under them. An odd last row of results has no maxima.
static void pooled_filter_gradient(
    const kilim_gradient *gradient, long channel, long channels, const float *patches, long inputChannels,
    float *sums) {
  if (gradient->rows < 1) return;
  for (int v = 0; v < PANEL && v < channels - channel; v += LANES) {
    long count = channels - channel - v < LANES ? channels - channel - v : LANES;
    float ignored[LANES] = {0};
    for (long c = 0; c < inputChannels; c++) {
      float *bias = c == 0 ? sums + inputChannels * 9 * PANEL + v : ignored;
      const float *under = patches + c * KILIM_PATCH;
      float *to = sums + c * 9 * PANEL + v;
      if (count == LANES)
        add_pooled_gradient(gradient, channel + v, LANES, under, inputChannels * KILIM_PATCH, to, bias);
      else
        add_pooled_gradient(gradient, channel + v, count, under, inputChannels * KILIM_PATCH, to, bias);
    }
  }
}

// Depthwise convolution: every channel has a filter of its own, so the channels are the lanes of vectors and there is no
// product of matrices.
//
// Images and results have their channels innermost; the filters stand as `[kh · kw][channels]`. For a result the elements
// of the filter that lie inside of the image are listed once, and then all channels run down that list: two loads and one
// FMA for each, which is as fast as the L1 cache delivers.

/// The elements of a filter that take part in one result: where each reads, and where its weights stand.
typedef struct {
  long count;
  long reads[KILIM_LARGEST_DEPTHWISE], weights[KILIM_LARGEST_DEPTHWISE];
} tap_list;

/// The taps of the result at a row and column.
INLINE void list_taps(const kilim_depthwise *d, long row, long column, tap_list *taps) {
  taps->count = 0;
  for (long i = 0; i < d->kernelRows; i++) {
    long r = row * d->rowStep + i * d->rowDilation - d->top;
    if (r < 0 || r >= d->rows) continue;
    for (long j = 0; j < d->kernelColumns; j++) {
      long c = column * d->columnStep + j * d->columnDilation - d->left;
      if (c < 0 || c >= d->columns) continue;
      taps->reads[taps->count] = (r * d->columns + c) * d->channels;
      taps->weights[taps->count++] = (i * d->kernelColumns + j) * d->channels;
    }
  }
}

/// The taps of the input at a row and column: the results that read it.
INLINE void list_gradient_taps(const kilim_depthwise *d, long row, long column, tap_list *taps) {
  taps->count = 0;
  for (long i = 0; i < d->kernelRows; i++) {
    long r = row + d->top - i * d->rowDilation;
    if (r < 0 || r % d->rowStep || r / d->rowStep >= d->resultRows) continue;
    for (long j = 0; j < d->kernelColumns; j++) {
      long c = column + d->left - j * d->columnDilation;
      if (c < 0 || c % d->columnStep || c / d->columnStep >= d->resultColumns) continue;
      taps->reads[taps->count] = (r / d->rowStep * d->resultColumns + c / d->columnStep) * d->channels;
      taps->weights[taps->count++] = (i * d->kernelColumns + j) * d->channels;
    }
  }
}

/// Σ weight · value over the taps, for one vector of channels.
INLINE vec sum_taps(const tap_list *taps, const float *values, const float *filters, long count) {
  vec sum = zeros();
  for (long t = 0; t < taps->count; t++)
    sum += load(values + taps->reads[t], count) * load(filters + taps->weights[t], count);
  return sum;
}

/// R × C results at a row and column, finished and written.
INLINE void depthwise_patch(
    const kilim_depthwise *d, const float *image, const float *filters, long row, long column,
    const kilim_result *result, const int R, const int C) {
  tap_list taps[4];
  UNROLL for (int i = 0; i < R * C; i++) list_taps(d, row + i / C, column + i % C, &taps[i]);
  for (long channel = 0; channel < d->channels; channel += LANES) {
    vec patch[4];
    long count = d->channels - channel;
    if (count >= LANES) {
      UNROLL for (int i = 0; i < R * C; i++) patch[i] = sum_taps(&taps[i], image + channel, filters + channel, LANES);
      finish(patch, R, C, result, channel, LANES);
    } else {
      UNROLL for (int i = 0; i < R * C; i++) patch[i] = sum_taps(&taps[i], image + channel, filters + channel, count);
      finish(patch, R, C, result, channel, count);
    }
  }
}

/// One row of results of an image, or one of their maxima.
static void depthwise_output(
    const kilim_depthwise *d, const float *image, const float *filters, long row, const kilim_result *result) {
  kilim_result at = *result;
  while (at.columns > 0) {
    long column = result->columns - at.columns;
    if (at.pools) depthwise_patch(d, image, filters, row, 2 * column, &at, 2, 2);
    else depthwise_patch(d, image, filters, row, column, &at, 1, 1);
    move_result(&at, 1);
  }
}

/// The gradient of one row of an image, `[columns][channels]`, from that of all its results.
static void depthwise_input_gradient(
    const kilim_depthwise *d, const float *gradient, const float *filters, long row, float *result) {
  tap_list taps;
  for (long column = 0; column < d->columns; column++, result += d->channels) {
    list_gradient_taps(d, row, column, &taps);
    for (long channel = 0; channel < d->channels; channel += LANES) {
      long count = d->channels - channel;
      if (count >= LANES) store(result + channel, sum_taps(&taps, gradient + channel, filters + channel, LANES), LANES);
      else store(result + channel, sum_taps(&taps, gradient + channel, filters + channel, count), count);
    }
  }
}

/// Adds Σ x · dy over one row of results to every element of the filters, and Σ dy to the row behind them.
static void depthwise_filter_gradient(
    const kilim_depthwise *d, const float *image, const float *gradient, long row, float *filters) {
  tap_list taps;
  for (long column = 0; column < d->resultColumns; column++, gradient += d->channels) {
    list_taps(d, row, column, &taps);
    for (long channel = 0; channel < d->channels; channel += LANES) {
      long count = d->channels - channel < LANES ? d->channels - channel : LANES;
      vec dy = load(gradient + channel, count);
      for (long t = 0; t < taps.count; t++) {
        float *sum = filters + taps.weights[t] + channel;
        store(sum, load(sum, count) + load(image + taps.reads[t] + channel, count) * dy, count);
      }
      float *sum = filters + d->kernelRows * d->kernelColumns * d->channels + channel;
      store(sum, load(sum, count) + dy, count);
    }
  }
}

/// Spreads the gradient of one row of maxima over the two rows of results, `[2][columns][channels]`, that they were taken
/// from. An odd last column, which has no maximum, gets 0.
static void unpool(const kilim_gradient *gradient, long channels, long columns, float *rows) {
  kilim_gradient at = *gradient;
  for (long column = 0; column < columns; column += 2) {
    for (long channel = 0; channel < channels; channel += LANES) {
      vec patch[4];
      long count = channels - channel < LANES ? channels - channel : LANES;
      read_gradient(patch, 2, 2, &at, channel, count);
      for (int i = 0; i < 4; i++)
        if (column + i % 2 < columns)
          store(rows + (i / 2 * columns + column + i % 2) * channels + channel, patch[i], count);
    }
    move_gradient(&at, 1);
  }
}

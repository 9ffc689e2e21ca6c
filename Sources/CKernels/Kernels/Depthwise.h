// Depthwise convolution: every channel has a filter of its own, so the channels are the lanes of vectors and there is no
// product of matrices.
//
// Images and results have their channels innermost; the filters stand as `[kh · kw][channels]`. Four neighbouring results
// are computed at a time: each input and each weight is loaded once for all four, and the sums stay in registers. For windows
// with gaps and for those of other sizes, the elements of the filter that lie inside of the image are listed for each result,
// and all channels run down that list.

/// The elements of a filter that take part in one result: where each reads, and where its weights stand.
typedef struct {
  long count;
  long reads[KILIM_LARGEST_DEPTHWISE], weights[KILIM_LARGEST_DEPTHWISE];
} tap_list;

/// Where a row of the image stands. A division is asked for only where not all rows are kept.
INLINE long row_in_memory(const kilim_depthwise *d, long row) {
  return row < d->memoryRows ? row : row % d->memoryRows;
}

/// The taps of the result at a row and column.
INLINE void list_taps(const kilim_depthwise *d, long row, long column, tap_list *taps) {
  taps->count = 0;
  for (long i = 0; i < d->kernelRows; i++) {
    long r = row * d->rowStep + i * d->rowDilation - d->top;
    if (r < 0 || r >= d->rows) continue;
    for (long j = 0; j < d->kernelColumns; j++) {
      long c = column * d->columnStep + j * d->columnDilation - d->left;
      if (c < 0 || c >= d->columns) continue;
      taps->reads[taps->count] = (row_in_memory(d, r) * d->columns + c) * d->channels;
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

/// Results that are computed together.
enum { BLOCK_COLUMNS = 4 };

/// The rows of a window that take part in one row of results, or of an input's gradient.
typedef struct {
  long count;
  long reads[KILIM_LARGEST_DEPTHWISE], weights[KILIM_LARGEST_DEPTHWISE];
} row_list;

/// The sums of four neighbours, for one vector of channels. The first of them begins to read in `column` of the image, and
/// columns `first` to `end`, counted from there, lie inside of it. Each input and each weight is loaded once. Width and step
/// are constants.
INLINE void sum_columns(
    const row_list *rows, const float *image, long column, const float *filters, long channels, long count,
    const int width, const int step, long first, long end, vec *sums) {
  UNROLL for (int t = 0; t < BLOCK_COLUMNS; t++) sums[t] = zeros();
  for (long k = 0; k < rows->count; k++) {
    vec weights[7];
    UNROLL for (int j = 0; j < width; j++) weights[j] = load(filters + rows->weights[k] + j * channels, count);
    UNROLL for (int c = 0; c < (BLOCK_COLUMNS - 1) * step + width; c++) {
      if (c < first || c >= end) continue;
      vec x = load(image + rows->reads[k] + (column + c) * channels, count);
      UNROLL for (int t = 0; t < BLOCK_COLUMNS; t++)
        if (c >= t * step && c < t * step + width) sums[t] += weights[c - t * step] * x;
    }
  }
}

/// The sums of the gradients of four neighbours, for one vector of channels. `values` is the place that the first weight of
/// the first neighbour reads. The weights run backwards, and with a step of 2 each takes part in every second neighbour
/// only. Width and step are constants.
INLINE void sum_gradient_block(
    const row_list *rows, const float *values, const float *filters, long channels, long count, const int width,
    const int step, vec *sums) {
  UNROLL for (int t = 0; t < BLOCK_COLUMNS; t++) sums[t] = zeros();
  for (long k = 0; k < rows->count; k++) {
    const float *line = values + rows->reads[k], *weights = filters + rows->weights[k];
    UNROLL for (int j = 0; j < width; j++) {
      vec weight = load(weights + j * channels, count);
      UNROLL for (int t = 0; t < BLOCK_COLUMNS; t++)
        if ((t - j) % step == 0) sums[t] += weight * load(line + (t - j) / step * channels, count);
    }
  }
}

/// Calls `body` with `width` and `step` as constants; only for windows that `has_blocks`.
#define WITH_WINDOW(d, ...)                                                                                    \
  switch ((d)->kernelColumns * 4 + (d)->columnStep) {                                                          \
  case 13: { enum { width = 3, step = 1 }; __VA_ARGS__ } break;                                                       \
  case 14: { enum { width = 3, step = 2 }; __VA_ARGS__ } break;                                                       \
  case 21: { enum { width = 5, step = 1 }; __VA_ARGS__ } break;                                                       \
  case 22: { enum { width = 5, step = 2 }; __VA_ARGS__ } break;                                                       \
  case 29: { enum { width = 7, step = 1 }; __VA_ARGS__ } break;                                                       \
  case 30: { enum { width = 7, step = 2 }; __VA_ARGS__ } break;                                                       \
  }

/// Whether there are loops for the width of a window and its step.
INLINE int has_blocks(const kilim_depthwise *d) {
  return (d->kernelColumns == 3 || d->kernelColumns == 5 || d->kernelColumns == 7) && d->columnDilation == 1 &&
         d->columnStep <= 2;
}

/// The rows of the image under a row of results.
INLINE void list_rows(const kilim_depthwise *d, long row, row_list *rows) {
  rows->count = 0;
  for (long i = 0; i < d->kernelRows; i++) {
    long r = row * d->rowStep + i * d->rowDilation - d->top;
    if (r < 0 || r >= d->rows) continue;
    rows->reads[rows->count] = row_in_memory(d, r) * d->columns * d->channels;
    rows->weights[rows->count++] = i * d->kernelColumns * d->channels;
  }
}

/// The rows of results above a row of the image.
INLINE void list_gradient_rows(const kilim_depthwise *d, long row, row_list *rows) {
  rows->count = 0;
  for (long i = 0; i < d->kernelRows; i++) {
    long r = row + d->top - i * d->rowDilation;
    if (r < 0 || r % d->rowStep || r / d->rowStep >= d->resultRows) continue;
    rows->reads[rows->count] = r / d->rowStep * d->resultColumns * d->channels;
    rows->weights[rows->count++] = i * d->kernelColumns * d->channels;
  }
}

/// Writes four results that only get a bias and bounds, fewer at the end of the row.
INLINE void store_bounded(
    const vec *sums, const float *bias, float low, float high, long pitch, long columns, long channel, long count,
    float *values) {
  const vec shift = bias ? load(bias + channel, count) : zeros();
  UNROLL for (int t = 0; t < BLOCK_COLUMNS; t++)
    if (t < columns) store(values + t * pitch + channel, clip(sums[t] + shift, low, high), count);
}

/// Whether results only get a bias and bounds.
INLINE int is_bounded(const kilim_epilogue *epilogue) {
  return epilogue->activation.function == KILIM_IDENTITY && !epilogue->factor && !epilogue->addend && !has_last(epilogue);
}

/// Four results from a column on, fewer at the end of the row, finished and written.
INLINE void depthwise_block(
    const kilim_depthwise *d, const row_list *rows, const float *image, const float *filters, long column,
    const kilim_result *result) {
  const long left = column * d->columnStep - d->left, channels = d->channels;
  const int isBounded = is_bounded(&result->epilogue);
  const float *bias = result->epilogue.bias;
  const float low = result->epilogue.activation.low, high = result->epilogue.activation.high;
  const long pitch = result->pixelStride, columns = result->columns;
  float *values = result->values;
  WITH_WINDOW(d, {
    // The columns of the block that lie inside of the image: mostly all, a constant.
    const long all = (BLOCK_COLUMNS - 1) * step + width;
    const long first = left < 0 ? -left : 0, end = d->columns - left < all ? d->columns - left : all;
    vec patch[BLOCK_COLUMNS];
    long channel = 0;
    if (first == 0 && end == all && isBounded && columns >= BLOCK_COLUMNS) {
      for (; channel + LANES <= channels; channel += LANES) {
        sum_columns(rows, image + channel, left, filters + channel, channels, LANES, width, step, 0, all, patch);
        store_bounded(patch, bias, low, high, pitch, BLOCK_COLUMNS, channel, LANES, values);
      }
    } else {
      for (; channel + LANES <= channels; channel += LANES) {
        sum_columns(rows, image + channel, left, filters + channel, channels, LANES, width, step, first, end, patch);
        if (isBounded) store_bounded(patch, bias, low, high, pitch, columns, channel, LANES, values);
        else finish(patch, 1, BLOCK_COLUMNS, result, channel, LANES);
      }
    }
    if (channel < channels) {
      const long count = channels - channel;
      sum_columns(rows, image + channel, left, filters + channel, channels, count, width, step, first, end, patch);
      finish(patch, 1, BLOCK_COLUMNS, result, channel, count);
    }
  })
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
  row_list rows;
  const int inBlocks = has_blocks(d) && !at.pools;
  list_rows(d, row, &rows);
  while (at.columns > 0) {
    long column = result->columns - at.columns, count = 1;
    if (at.pools) {
      depthwise_patch(d, image, filters, row, 2 * column, &at, 2, 2);
    } else if (inBlocks) {
      depthwise_block(d, &rows, image, filters, column, &at);
      count = at.columns < BLOCK_COLUMNS ? at.columns : BLOCK_COLUMNS;
    } else {
      depthwise_patch(d, image, filters, row, column, &at, 1, 1);
    }
    move_result(&at, count);
  }
}

/// The gradients of four inputs, from that of their first on.
INLINE void depthwise_gradient_block(
    const kilim_depthwise *d, const row_list *rows, const float *values, const float *filters, float *result) {
  WITH_WINDOW(d, {
    vec sums[BLOCK_COLUMNS];
    for (long channel = 0; channel < d->channels; channel += LANES) {
      const long count = d->channels - channel;
      if (count >= LANES) {
        sum_gradient_block(rows, values + channel, filters + channel, d->channels, LANES, width, step, sums);
        UNROLL for (int t = 0; t < BLOCK_COLUMNS; t++) store(result + t * d->channels + channel, sums[t], LANES);
      } else {
        sum_gradient_block(rows, values + channel, filters + channel, d->channels, count, width, step, sums);
        UNROLL for (int t = 0; t < BLOCK_COLUMNS; t++) store(result + t * d->channels + channel, sums[t], count);
      }
    }
  })
}

/// The gradient of one row of an image, `[columns][channels]`, from that of all its results.
static void depthwise_input_gradient(
    const kilim_depthwise *d, const float *gradient, const float *filters, long row, float *result) {
  tap_list taps;
  row_list rows;
  const int inBlocks = has_blocks(d);
  list_gradient_rows(d, row, &rows);
  for (long column = 0; column < d->columns;) {
    const long last = (column + d->left) / d->columnStep;
    if (inBlocks && column + BLOCK_COLUMNS <= d->columns && (column + d->left) % d->columnStep == 0 &&
        last - (d->kernelColumns - 1) / d->columnStep >= 0 &&
        last + (BLOCK_COLUMNS - 1) / d->columnStep < d->resultColumns) {
      depthwise_gradient_block(
          d, &rows, gradient + last * d->channels, filters, result + column * d->channels);
      column += BLOCK_COLUMNS;
      continue;
    }
    float *to = result + column * d->channels;
    list_gradient_taps(d, row, column, &taps);
    for (long channel = 0; channel < d->channels; channel += LANES) {
      long count = d->channels - channel;
      if (count >= LANES) store(to + channel, sum_taps(&taps, gradient + channel, filters + channel, LANES), LANES);
      else store(to + channel, sum_taps(&taps, gradient + channel, filters + channel, count), count);
    }
    column += 1;
  }
}

/// Adds Σ x · dy over some columns of results to one row of the filters, for one vector of channels. Every column of the
/// window lies inside of the image.
INLINE void add_filter_row(
    const float *x, const float *dy, long columns, long channels, long count, const int width, const int step,
    float *sums) {
  vec totals[7];
  UNROLL for (int j = 0; j < width; j++) totals[j] = zeros();
  for (long column = 0; column < columns; column++, x += step * channels, dy += channels) {
    vec gradient = load(dy, count);
    UNROLL for (int j = 0; j < width; j++) totals[j] += gradient * load(x + j * channels, count);
  }
  UNROLL for (int j = 0; j < width; j++) {
    float *sum = sums + j * channels;
    store(sum, load(sum, count) + totals[j], count);
  }
}

/// Adds Σ x · dy of the results of one column to every element of the filters.
INLINE void add_filter_column(
    const kilim_depthwise *d, const float *image, const float *dy, long row, long column, float *filters) {
  tap_list taps;
  list_taps(d, row, column, &taps);
  for (long channel = 0; channel < d->channels; channel += LANES) {
    long count = d->channels - channel < LANES ? d->channels - channel : LANES;
    vec gradient = load(dy + channel, count);
    for (long t = 0; t < taps.count; t++) {
      float *sum = filters + taps.weights[t] + channel;
      store(sum, load(sum, count) + load(image + taps.reads[t] + channel, count) * gradient, count);
    }
  }
}

/// Adds Σ x · dy over one row of results to every element of the filters, and Σ dy to the row behind them.
static void depthwise_filter_gradient(
    const kilim_depthwise *d, const float *image, const float *gradient, long row, float *filters) {
  // The columns of results whose windows lie inside of the image.
  long first = (d->left + d->columnStep - 1) / d->columnStep;
  long end = has_blocks(d) ? (d->columns + d->left - d->kernelColumns) / d->columnStep + 1 : 0;
  end = end < d->resultColumns ? end : d->resultColumns;
  if (d->columns + d->left < d->kernelColumns || first > end) first = end = 0;
  for (long column = 0; column < d->resultColumns; column++)
    if (column < first || column >= end)
      add_filter_column(d, image, gradient + column * d->channels, row, column, filters);
  row_list rows;
  list_rows(d, row, &rows);
  const long start = (first * d->columnStep - d->left) * d->channels;
  if (first < end)
    for (long k = 0; k < rows.count; k++)
      WITH_WINDOW(d, {
        for (long channel = 0; channel < d->channels; channel += LANES) {
          const long count = d->channels - channel;
          const float *x = image + rows.reads[k] + start + channel, *dy = gradient + first * d->channels + channel;
          float *sums = filters + rows.weights[k] + channel;
          if (count >= LANES) add_filter_row(x, dy, end - first, d->channels, LANES, width, step, sums);
          else add_filter_row(x, dy, end - first, d->channels, count, width, step, sums);
        }
      })
  float *bias = filters + d->kernelRows * d->kernelColumns * d->channels;
  for (long channel = 0; channel < d->channels; channel += LANES) {
    const long count = d->channels - channel < LANES ? d->channels - channel : LANES;
    vec sum = load(bias + channel, count);
    for (long column = 0; column < d->resultColumns; column++)
      sum += load(gradient + column * d->channels + channel, count);
    store(bias + channel, sum, count);
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

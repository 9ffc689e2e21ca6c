// What happens to a small patch of a convolution's results while it is still in registers: bias, ReLU and, on request,
// max-pooling by 2 × 2; and the way back, which spreads a pooled gradient over the patch.
//
// Pooling keeps the place of the maximum in one byte: 0 to 3 in row order, or 4 where no gradient passes because ReLU
// cut the maximum off.

enum { NOWHERE = 4 };

/// Writes the results of a patch of height R and width C, one vector of channels of them.
INLINE void finish_pixels(
    const vec *patch, int R, int C, const channel_vectors *vectors, const kilim_result *result, long channel,
    long count) {
  UNROLL for (int r = 0; r < R; r++)
    UNROLL for (int c = 0; c < C; c++)
      if (r < result->rows && c < result->columns) {
        long at = r * result->rowStride + c * result->pixelStride + channel;
        store(
            result->values + at, clipped_result(patch[r * C + c], vectors, &result->epilogue, at, count), count);
      }
}

/// The same with functions that are no bounds. It takes its room for each of them at once.
static __attribute__((noinline)) void finish_active_pixels(
    vec *patch, int R, int C, const channel_vectors *vectors, const kilim_result *result, long channel, long count) {
  const kilim_epilogue *epilogue = &result->epilogue;
  for (int i = 0; i < R * C; i++) patch[i] += vectors->bias;
  activate(patch, R * C, &epilogue->activation);
  for (int r = 0; r < R; r++)
    for (int c = 0; c < C; c++)
      if (r < result->rows && c < result->columns) {
        long at = r * result->rowStride + c * result->pixelStride + channel;
        patch[r * C + c] = affine_result(patch[r * C + c], vectors, epilogue, at, count);
      }
  if (has_last(epilogue)) activate(patch, R * C, &epilogue->last);
  for (int r = 0; r < R; r++)
    for (int c = 0; c < C; c++)
      if (r < result->rows && c < result->columns)
        store(result->values + r * result->rowStride + c * result->pixelStride + channel, patch[r * C + c], count);
}

/// Writes the maxima of 2 × 2 results each, and where they stood; the rows and columns of `result` count maxima. The
/// activation never falls, so that it may come behind the maximum.
INLINE void finish_pooled(
    const vec *patch, int R, int C, const channel_vectors *vectors, const kilim_result *result, long channel,
    long count) {
  const kilim_epilogue *epilogue = &result->epilogue;
  UNROLL for (int r = 0; r < R / 2; r++)
    UNROLL for (int c = 0; c < C / 2; c++)
      if (r < result->rows && c < result->columns) {
        const vec *corner = patch + 2 * r * C + 2 * c;
        vec best = corner[0];
        ints place = (ints){0};
        UNROLL for (int k = 1; k < 4; k++) {
          vec x = corner[k / 2 * C + k % 2];
          ints wins = (x > best) | (x != x);
          best = choose(wins, x, best);
          place = (wins & k) | (~wins & place);
        }
        ints passes = best + vectors->bias > splat(epilogue->activation.low);
        long at = r * result->rowStride + c * result->pixelStride + channel;
        if (vectors->isClipped) {
          store(result->values + at, clipped_result(best, vectors, epilogue, at, count), count);
        } else {
          vec x = best + vectors->bias;
          activate(&x, 1, &epilogue->activation);
          x = affine_result(x, vectors, epilogue, at, count);
          activate(&x, 1, &epilogue->last);
          store(result->values + at, x, count);
        }
        if (result->places) store_bytes(result->places + at, (passes & place) | (~passes & NOWHERE), count);
      }
}

/// Writes a patch to its place, pooled or not.
INLINE void finish(const vec *patch, int R, int C, const kilim_result *result, long channel, long count) {
  channel_vectors vectors = load_channels(&result->epilogue, channel, count);
  if (result->pools) {
    finish_pooled(patch, R, C, &vectors, result, channel, count);
  } else if (vectors.isClipped) {
    finish_pixels(patch, R, C, &vectors, result, channel, count);
  } else {
    // A copy, so that the patch may stay in registers otherwise.
    vec copy[R * C];
    UNROLL for (int i = 0; i < R * C; i++) copy[i] = patch[i];
    finish_active_pixels(copy, R, C, &vectors, result, channel, count);
  }
}

/// Moves on by `columns`, of maxima where results are pooled.
INLINE void move_result(kilim_result *result, long columns) {
  const long step = columns * result->pixelStride;
  result->columns -= columns;
  result->values += step;
  if (result->places) result->places += step;
  if (result->epilogue.addend) result->epilogue.addend += step;
}

/// Asks for where the results right of a patch of R × C will go, some vectors of channels of them.
INLINE void prefetch_results(const kilim_result *result, int R, int C, long channel, int vectors) {
  const int share = result->pools ? 2 : 1;
  for (long r = 0; r < R / share; r++)
    for (long c = C / share; c < 2 * C / share; c++)
      for (int v = 0; v < vectors; v++)
        __builtin_prefetch(
            result->values + r * result->rowStride + c * result->pixelStride + channel + v * LANES, 1);
}

/// Moves on by `columns`, of maxima where results were pooled.
INLINE void move_gradient(kilim_gradient *gradient, long columns) {
  const long step = columns * gradient->pixelStride;
  gradient->columns -= columns;
  gradient->values += step;
  if (gradient->places) gradient->places += step;
}

/// Reads the gradient of a patch of R × C results. Outside of the image it is 0. The patch right of it is asked for
/// ahead.
INLINE void read_gradient(
    vec *patch, int R, int C, const kilim_gradient *gradient, long channel, long count) {
  if (!gradient->places) {
    UNROLL for (int r = 0; r < R; r++)
      UNROLL for (int c = 0; c < C; c++)
        patch[r * C + c] =
            r < gradient->rows && c < gradient->columns
                ? load(gradient->values + r * gradient->rowStride + c * gradient->pixelStride + channel, count)
                : zeros();
    return;
  }
  UNROLL for (int r = 0; r < R / 2; r++)
    UNROLL for (int c = 0; c < C / 2; c++) {
      vec value = zeros();
      ints place = (ints){0} + NOWHERE;
      if (r < gradient->rows && c < gradient->columns) {
        long at = r * gradient->rowStride + c * gradient->pixelStride + channel;
        __builtin_prefetch(gradient->values + at + C / 2 * gradient->pixelStride);
        __builtin_prefetch(gradient->places + at + C / 2 * gradient->pixelStride);
        value = load(gradient->values + at, count);
        place = load_bytes(gradient->places + at, count);
      }
      UNROLL for (int k = 0; k < 4; k++)
        patch[(2 * r + k / 2) * C + 2 * c + k % 2] = (vec)((ints)value & (place == k));
    }
}

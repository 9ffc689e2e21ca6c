// What happens to a convolution's results while they are still in registers: the steps of kilim_epilogue.
//
// An activation with bounds, such as ReLU, is two comparisons on the way. The other functions run over all vectors of a
// tile at once, so that the choice between them is made once for each tile.

/// x within bounds. NaN stays NaN.
INLINE vec clip(vec x, float low, float high) {
  x = choose(x < splat(low), splat(low), x);
  return choose(x > splat(high), splat(high), x);
}

/// What is the same for all pixels of a patch: the vectors of one vector of channels.
typedef struct {
  vec bias, factor, shift;
  /// Whether both activations are bounds.
  int isClipped;
} channel_vectors;

/// The vectors of `count` channels from `channel` on.
INLINE channel_vectors load_channels(const kilim_epilogue *epilogue, long channel, long count) {
  channel_vectors vectors = {
      zeros(), zeros(), zeros(),
      epilogue->activation.function == KILIM_EPILOGUE_CLIP && epilogue->last.function == KILIM_EPILOGUE_CLIP};
  if (epilogue->bias) vectors.bias = load(epilogue->bias + channel, count);
  if (epilogue->factor) {
    vectors.factor = load(epilogue->factor + channel, count);
    vectors.shift = load(epilogue->shift + channel, count);
  }
  return vectors;
}

/// The steps between the two activations; element `at` of the addend belongs to the result.
INLINE vec affine_result(vec x, const channel_vectors *vectors, const kilim_epilogue *epilogue, long at, long count) {
  if (epilogue->factor) x = x * vectors->factor + vectors->shift;
  if (epilogue->addend) x += load(epilogue->addend + at, count);
  return x;
}

/// All steps where both activations are bounds.
INLINE vec clipped_result(vec x, const channel_vectors *vectors, const kilim_epilogue *epilogue, long at, long count) {
  x = clip(x + vectors->bias, epilogue->activation.low, epilogue->activation.high);
  x = affine_result(x, vectors, epilogue, at, count);
  return clip(x, epilogue->last.low, epilogue->last.high);
}

#define ACTIVATE(expression)          \
  for (long i = 0; i < count; i++) {  \
    vec x = values[i];                \
    values[i] = (expression);         \
  }                                   \
  break

/// Applies a function to some vectors.
static void activate(vec *values, long count, const kilim_activation *activation) {
  switch (activation->function) {
  case KILIM_EPILOGUE_CLIP: ACTIVATE(clip(x, activation->low, activation->high));
  case KILIM_EPILOGUE_LEAKY: ACTIVATE(choose(x > zeros(), x, x * splat(activation->low)));
  case KILIM_EPILOGUE_HARD_SIGMOID: ACTIVATE(clip(x * splat(1.0f / 6) + splat(0.5f), 0, 1));
  case KILIM_EPILOGUE_HARD_SILU: ACTIVATE(x * clip(x * splat(1.0f / 6) + splat(0.5f), 0, 1));
  }
}

#undef ACTIVATE

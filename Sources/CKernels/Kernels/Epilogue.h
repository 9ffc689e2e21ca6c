// What happens to a convolution's results while they are still in registers: the steps of kilim_epilogue.
//
// An activation with bounds, such as ReLU, is two comparisons on the way. The other functions run over all vectors of a
// tile at once, so that the choice between them is made once for each tile.

/// What is the same for all pixels of a patch: the vectors of one vector of channels.
typedef struct {
  vec bias, factor, shift;
  /// Whether both activations are bounds; whether the first has an upper one, and the last any.
  int isClipped, hasHigh, hasLast;
} channel_vectors;

/// Whether the last activation does anything.
INLINE int has_last(const kilim_epilogue *epilogue) {
  const kilim_activation *last = &epilogue->last;
  return last->function != KILIM_IDENTITY || last->low > -__builtin_inff() || last->high < __builtin_inff();
}

/// The vectors of `count` channels from `channel` on.
INLINE channel_vectors load_channels(const kilim_epilogue *epilogue, long channel, long count) {
  const kilim_activation *activation = &epilogue->activation, *last = &epilogue->last;
  channel_vectors vectors = {
      zeros(), zeros(), zeros(), activation->function == KILIM_IDENTITY && last->function == KILIM_IDENTITY,
      activation->high < __builtin_inff(), has_last(epilogue)};
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
  x = at_least(x + vectors->bias, epilogue->activation.low);
  if (vectors->hasHigh) x = at_most(x, epilogue->activation.high);
  x = affine_result(x, vectors, epilogue, at, count);
  return vectors->hasLast ? clip(x, epilogue->last.low, epilogue->last.high) : x;
}

#define ACTIVATE(code)                                                                              \
  case code:                                                                                        \
    for (long i = 0; i < count; i++) values[i] = function_value(code, activation->parameter, values[i]); \
    break;

/// Applies a function to some vectors.
static __attribute__((noinline)) void activate(vec *values, long count, const kilim_activation *activation) {
  switch (activation->function) {
    ACTIVATE(KILIM_LEAKY_RELU)
    ACTIVATE(KILIM_EXP)
    ACTIVATE(KILIM_TANH)
    ACTIVATE(KILIM_SIGMOID)
    ACTIVATE(KILIM_SILU)
    ACTIVATE(KILIM_GELU)
    ACTIVATE(KILIM_TANH_GELU)
    ACTIVATE(KILIM_MISH)
    ACTIVATE(KILIM_SOFTPLUS)
    ACTIVATE(KILIM_ELU)
    ACTIVATE(KILIM_SELU)
    ACTIVATE(KILIM_HARD_SIGMOID)
    ACTIVATE(KILIM_HARD_SILU)
  default:
    for (long i = 0; i < count; i++) values[i] = clip(values[i], activation->low, activation->high);
  }
}

#undef ACTIVATE

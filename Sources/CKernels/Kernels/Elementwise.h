// Functions of the elements of arrays, and their gradients.

/// A loop over the vectors of an array; `n` is the number of elements of each, a constant but in the last.
#define FOR_ELEMENTS(...)                                                                                      \
  {                                                                                                            \
    long at = 0;                                                                                               \
    for (; at + LANES <= count; at += LANES) {                                                                 \
      const long n = LANES;                                                                                    \
      __VA_ARGS__                                                                                              \
    }                                                                                                          \
    if (at < count) {                                                                                          \
      const long n = count - at;                                                                               \
      __VA_ARGS__                                                                                              \
    }                                                                                                          \
  }

/// Calls a macro for every function that has a loop of its own.
#define FOR_EACH_FUNCTION(X)                                                                                   \
  X(KILIM_EXP) X(KILIM_LOG) X(KILIM_TANH) X(KILIM_SIGMOID) X(KILIM_RELU) X(KILIM_BOUNDED_RELU)                 \
  X(KILIM_LEAKY_RELU) X(KILIM_SILU) X(KILIM_GELU) X(KILIM_TANH_GELU) X(KILIM_MISH) X(KILIM_SOFTPLUS)           \
  X(KILIM_LOG_SIGMOID) X(KILIM_ELU) X(KILIM_CELU) X(KILIM_SELU) X(KILIM_HARD_SIGMOID) X(KILIM_HARD_SILU)

/// y = f(x).
static void apply_function(kilim_function function, float parameter, const float *x, float *y, long count) {
  switch (function) {
#define APPLY(name) \
  case name: FOR_ELEMENTS({ store(y + at, function_value(name, parameter, load(x + at, n)), n); }) break;
    FOR_EACH_FUNCTION(APPLY)
#undef APPLY
  default: memmove(y, x, (size_t)count * sizeof(float));
  }
}

/// dx = dy · f'(x). `values` are the arguments x or the results y, as kilim_function says.
static void apply_function_gradient(
    kilim_function function, float parameter, const float *gradient, const float *values, float *result, long count) {
  switch (function) {
#define APPLY(name)                                                                                            \
  case name:                                                                                                   \
    FOR_ELEMENTS({                                                                                             \
      vec dy = load(gradient + at, n), value = load(values + at, n);                                           \
      store(result + at, function_gradient(name, parameter, dy, value), n);                                    \
    })                                                                                                         \
    break;
    FOR_EACH_FUNCTION(APPLY)
#undef APPLY
  default: memmove(result, gradient, (size_t)count * sizeof(float));
  }
}

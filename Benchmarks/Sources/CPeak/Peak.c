#include "CPeak.h"

#include <stdlib.h>
#include <string.h>

// Sixteen vectors that do not wait for each other: two instructions in each of the four cycles that one takes would need
// eight. The loop over them disappears, and the vectors stay in registers.
#define CHAINS 16

#define DEFINE_LOOP(NAME, LANES, ATTRIBUTES)                                                    \
  ATTRIBUTES static void NAME(float *numbers, long rounds) {                                    \
    typedef float vector __attribute__((vector_size(4 * LANES), aligned(4)));                   \
    for (float *part = numbers; part < numbers + PEAK_NUMBERS; part += CHAINS * LANES) {        \
      vector x[CHAINS];                                                                         \
      memcpy(x, part, sizeof x);                                                                \
      for (long round = 0; round < rounds; round++)                                             \
        _Pragma("unroll") for (int i = 0; i < CHAINS; i++) x[i] = x[i] * 0.999f + 0.001f;       \
      memcpy(part, x, sizeof x);                                                                \
    }                                                                                           \
  }

#if defined(__x86_64__)
DEFINE_LOOP(run_avx512, 16, __attribute__((target("avx512f"))))
// Sixteen registers hold twelve chains and both constants at best: eight are enough.
#undef CHAINS
#define CHAINS 8
DEFINE_LOOP(run_avx2, 8, __attribute__((target("avx2,fma"))))
#endif
DEFINE_LOOP(run_portable, 4, )

static int allows(const char *limit, const char *name) { return !limit || !strcmp(limit, name); }

void kilim_multiply_add(float *numbers, long rounds) {
#if defined(__x86_64__)
  // As Sources/CKernels/Dispatch.c chooses.
  const char *limit = getenv("KILIM_KERNELS");
  if (allows(limit, "avx512") && __builtin_cpu_supports("avx512f")) return run_avx512(numbers, rounds);
  if ((!limit || strcmp(limit, "portable")) && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return run_avx2(numbers, rounds);
#endif
  run_portable(numbers, rounds);
}

void kilim_triad(float *sum, const float *a, const float *b, long count) {
  for (long i = 0; i < count; i++) sum[i] = 2 * a[i] + b[i];
}

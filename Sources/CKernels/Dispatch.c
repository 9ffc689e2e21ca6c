#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

extern const kilim_kernels kilim_kernels_portable;

#if defined(__x86_64__)
extern const kilim_kernels kilim_kernels_avx2, kilim_kernels_avx512;
#endif

static int allows(const char *limit, const char *name) { return !limit || !strcmp(limit, name); }

const kilim_kernels *kilim_best_kernels(void) {
#if defined(__x86_64__)
  const char *limit = getenv("KILIM_KERNELS");
  if (allows(limit, "avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    return &kilim_kernels_avx512;
  if ((!limit || strcmp(limit, "portable")) && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &kilim_kernels_avx2;
#endif
  return &kilim_kernels_portable;
}

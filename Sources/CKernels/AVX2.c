// The kernels for processors with AVX2 and FMA.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define KERNEL_NAME "avx2"
#include "Kernels/Table.h"
#pragma clang attribute pop

const kilim_kernels kilim_kernels_avx2 = KERNEL_TABLE;
#endif

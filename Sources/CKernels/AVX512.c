// The kernels for processors with AVX-512.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define LANES 16
#define TILE_ROWS 8
#define TILE_VECTORS 2
#define KERNEL_NAME "avx512"
#include "Kernels/Table.h"
#pragma clang attribute pop

const kilim_kernels kilim_kernels_avx512 = KERNEL_TABLE;
#endif

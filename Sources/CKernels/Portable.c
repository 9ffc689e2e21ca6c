// The kernels for every processor that the compiler knows: vectors of four floats, as SSE2 and NEON have them.

#define LANES 4
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define KERNEL_NAME "portable"
#include "Kernels/Table.h"

const kilim_kernels kilim_kernels_portable = KERNEL_TABLE;

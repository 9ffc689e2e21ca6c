#ifndef KILIM_CKERNELS_H
#define KILIM_CKERNELS_H

#include <stdint.h>

#include "resize_rows.h"

/// Makes the calling thread treat subnormal numbers as zero, in arguments and in results, and returns the mode it had.
/// Gradients and moments that fade away would otherwise cost some hundred cycles each.
uint64_t kilim_flush_denormals(void);

/// Puts back a mode that kilim_flush_denormals returned.
void kilim_restore_floating_point_mode(uint64_t mode);

/// The number of processors that this process may run on: fewer than the machine has, in a container or under taskset.
int kilim_available_processors(void);

/// The square root. Unlike `sqrtf` it leaves `errno` alone, so that a loop over it becomes vector instructions.
static inline float kilim_square_root(float x) { return __builtin_elementwise_sqrt(x); }

#endif

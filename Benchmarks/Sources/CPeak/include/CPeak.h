#ifndef CPEAK_H
#define CPEAK_H

/// The numbers that kilim_multiply_add works on.
#define PEAK_NUMBERS 256

/// Makes `rounds` steps x ← x · 0.999 + 0.001 with every one of PEAK_NUMBERS numbers, in registers, in the widest vectors
/// that the processor has and KILIM_KERNELS allows: what arithmetic can do when it never waits for memory.
///
/// The numbers come from the last call and go to the next one, so that no call can be left out.
void kilim_multiply_add(float *numbers, long rounds);

/// Writes 2a + b into every one of `count` elements of `sum`: two streams that are read and one that is written.
void kilim_triad(float *sum, const float *a, const float *b, long count);

#endif

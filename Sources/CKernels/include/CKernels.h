#ifndef KILIM_CKERNELS_H
#define KILIM_CKERNELS_H

/// Makes the calling thread treat subnormal numbers as zero, in arguments and in results.
/// Gradients and moments that fade away would otherwise cost some hundred cycles each.
void kilim_flush_denormals(void);

#endif

#include <malloc.h>
#include <stdio.h>

#include "CKernels.h"

void kilim_release_free_memory(void) { malloc_trim(0); }

void kilim_flush_standard_output(void) { fflush(stdout); }

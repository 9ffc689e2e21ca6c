#include "CKernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

void kilim_flush_denormals(void) {
  const unsigned int flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
  _mm_setcsr(_mm_getcsr() | flush_to_zero | denormals_are_zero);
}
#elif defined(__aarch64__)
#include <stdint.h>

void kilim_flush_denormals(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  control |= 1u << 24;
  __asm__ volatile("msr fpcr, %0" : : "r"(control));
}
#else
void kilim_flush_denormals(void) {}
#endif

#include "CKernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

uint64_t kilim_flush_denormals(void) {
  const unsigned int flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
  unsigned int mode = _mm_getcsr();
  _mm_setcsr(mode | flush_to_zero | denormals_are_zero);
  return mode;
}

void kilim_restore_floating_point_mode(uint64_t mode) { _mm_setcsr((unsigned int)mode); }

#elif defined(__aarch64__)

uint64_t kilim_flush_denormals(void) {
  const uint64_t flush_to_zero = 1u << 24;
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" : : "r"(mode | flush_to_zero));
  return mode;
}

void kilim_restore_floating_point_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }

#else

uint64_t kilim_flush_denormals(void) { return 0; }
void kilim_restore_floating_point_mode(uint64_t mode) { (void)mode; }

#endif

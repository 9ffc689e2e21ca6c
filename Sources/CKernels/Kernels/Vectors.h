// The vocabulary of the kernels: vectors of LANES floats, and panels of 32 channels.
//
// Every kernel is written once, in the files of this folder, for vectors of LANES floats. AVX512.c, AVX2.c and
// Portable.c each define LANES and the shape of a register tile and include all of them, under the instruction set
// that their name tells. The compiler's vector types turn into the instructions of that set.

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "../include/CKernels.h"

enum { PANEL = KILIM_PANEL, VECTORS = PANEL / LANES };

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int32_t ints __attribute__((vector_size(LANES * 4), aligned(4)));
typedef uint8_t bytes __attribute__((vector_size(LANES), aligned(1)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE vec zeros(void) { return (vec){0}; }
/// Subtracting nothing leaves every bit, so the compiler drops it; adding 0 would turn -0 into 0 and costs an addition.
INLINE vec splat(float x) { return x - zeros(); }

#if LANES == 16
/// The first `count` lanes. Masks spare the edges of matrices a call of `memcpy` for each row.
INLINE __mmask16 first_lanes(long count) { return (__mmask16)((1u << count) - 1); }
#elif LANES == 8
/// For loads alone: a store with a mask takes longer than a copy on some processors.
INLINE __m256i first_lanes(long count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#endif

/// Loads the first `count` floats, the other lanes are 0. With a constant `count` of LANES it is one load.
INLINE vec load(const float *from, long count) {
  if (count >= LANES) return *(const vec *)from;
#if LANES == 16
  return (vec)_mm512_maskz_loadu_ps(first_lanes(count), from);
#elif LANES == 8
  return (vec)_mm256_maskload_ps(from, first_lanes(count));
#else
  vec result = zeros();
  memcpy(&result, from, (size_t)count * sizeof(float));
  return result;
#endif
}

/// Stores the first `count` floats.
INLINE void store(float *to, vec x, long count) {
  if (count >= LANES) {
    *(vec *)to = x;
    return;
  }
#if LANES == 16
  _mm512_mask_storeu_ps(to, first_lanes(count), (__m512)x);
#else
  memcpy(to, &x, (size_t)count * sizeof(float));
#endif
}

/// Loads the first `count` bytes as integers.
INLINE ints load_bytes(const uint8_t *from, long count) {
  bytes result = (bytes){0};
  if (count >= LANES) result = *(const bytes *)from;
  else memcpy(&result, from, (size_t)count);
  return __builtin_convertvector(result, ints);
}

/// Stores the first `count` integers as bytes.
INLINE void store_bytes(uint8_t *to, ints x, long count) {
  bytes narrow = __builtin_convertvector(x, bytes);
  if (count >= LANES) *(bytes *)to = narrow;
  else memcpy(to, &narrow, (size_t)count);
}

/// Lane by lane `where ? x : y`; `where` is a comparison's result.
INLINE vec choose(ints where, vec x, vec y) {
  return (vec)((where & (ints)x) | (~where & (ints)y));
}

/// Lane by lane `table[at]`; `at` is 0 to 7, but up to 16 floats are read.
INLINE vec look_up(const float *table, ints at) {
#if LANES == 16
  return (vec)_mm512_permutexvar_ps((__m512i)at, (__m512)load(table, LANES));
#elif LANES == 8
  return (vec)_mm256_permutevar8x32_ps((__m256)load(table, LANES), (__m256i)at);
#else
  vec result;
  for (int lane = 0; lane < LANES; lane++) result[lane] = table[at[lane]];
  return result;
#endif
}

#include "resize_rows.h"

#include <stdlib.h>
#include <string.h>

// Each loop is written once, with vectors that the compiler breaks up where the processor has narrower ones, and compiled
// twice: for every processor, and for those with AVX2 and FMA. FMA rounds once where the other rounds twice; a result can
// differ by 1 where it lies half-way between two bytes.

typedef float float2 __attribute__((vector_size(8), aligned(4)));
typedef float float4 __attribute__((vector_size(16), aligned(4)));
typedef float float8 __attribute__((vector_size(32), aligned(4)));
typedef uint8_t byte4 __attribute__((vector_size(4), aligned(1)));
typedef uint8_t byte8 __attribute__((vector_size(8), aligned(1)));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/// Two pixels at a time, in six of eight lanes; what stands in the other two is dropped.
ALWAYS_INLINE void resize_row(const uint8_t *row, const int32_t *firsts, const float *weights, int tap_count,
                              int pixel_count, float *result) {
  for (int i = 0; i < pixel_count; i += 1) {
    const uint8_t *pixel = row + 3 * (size_t)firsts[i];
    float8 pairs = {0};
    int tap = 0;
    for (; tap + 1 < tap_count; tap += 2) {
      float2 weight = *(const float2 *)(weights + tap);
      pairs += __builtin_convertvector(*(const byte8 *)(pixel + 3 * tap), float8) *
               __builtin_shufflevector(weight, weight, 0, 0, 0, 1, 1, 1, 1, 1);
    }
    float4 sum = __builtin_shufflevector(pairs, pairs, 0, 1, 2, 3) + __builtin_shufflevector(pairs, pairs, 3, 4, 5, 6);
    if (tap < tap_count) sum += __builtin_convertvector(*(const byte4 *)(pixel + 3 * tap), float4) * weights[tap];
    *(float4 *)(result + 3 * i) = sum;
    weights += tap_count;
  }
}

ALWAYS_INLINE float rounded(float value) {
  value += 0.5f;
  value = value < 0 ? 0 : value;
  value = value > 255 ? 255 : value;
  return (float)(int32_t)value;
}

ALWAYS_INLINE void round_to_bytes(float *values, int count) {
  for (int i = 0; i < count; i += 1) values[i] = rounded(values[i]);
}

ALWAYS_INLINE void sum_rows(const float *const *rows, const float *weights, int row_count, int count,
                            uint8_t *result) {
  enum { WIDTH = 32 };
  for (int start = 0; start < count; start += WIDTH) {
    int end = count - start < WIDTH ? count - start : WIDTH;
    float sum[WIDTH] = {0};
    for (int row = 0; row < row_count; row += 1) {
      const float *values = rows[row] + start;
      if (end == WIDTH) {
        for (int i = 0; i < WIDTH; i += 1) sum[i] += values[i] * weights[row];
      } else {
        for (int i = 0; i < end; i += 1) sum[i] += values[i] * weights[row];
      }
    }
    for (int i = 0; i < end; i += 1) result[start + i] = (uint8_t)rounded(sum[i]);
  }
}

#define DEFINE(name, attributes)                                                                                      \
  attributes static void resize_row_##name(const uint8_t *row, const int32_t *firsts, const float *weights,           \
                                           int tap_count, int pixel_count, float *result) {                           \
    resize_row(row, firsts, weights, tap_count, pixel_count, result);                                                 \
  }                                                                                                                   \
  attributes static void round_to_bytes_##name(float *values, int count) { round_to_bytes(values, count); }           \
  attributes static void sum_rows_##name(const float *const *rows, const float *weights, int row_count, int count,    \
                                         uint8_t *result) {                                                           \
    sum_rows(rows, weights, row_count, count, result);                                                                \
  }

DEFINE(portable, )

#if defined(__x86_64__)
DEFINE(avx2, __attribute__((target("avx2,fma"))))

/// Chosen once; the environment variable KILIM_KERNELS may ask for `portable`.
static int uses_avx2(void) {
  static _Atomic int choice = -1;
  if (choice < 0) {
    const char *wanted = getenv("KILIM_KERNELS");
    choice = (!wanted || strcmp(wanted, "portable") != 0) && __builtin_cpu_supports("avx2") &&
             __builtin_cpu_supports("fma");
  }
  return choice;
}

#define DISPATCH(name, ...) (uses_avx2() ? name##_avx2 : name##_portable)(__VA_ARGS__)
#else
#define DISPATCH(name, ...) name##_portable(__VA_ARGS__)
#endif

void kilim_resize_row(const uint8_t *row, const int32_t *firsts, const float *weights, int tap_count, int pixel_count,
                      float *result) {
  DISPATCH(resize_row, row, firsts, weights, tap_count, pixel_count, result);
}

void kilim_round_to_bytes(float *values, int count) { DISPATCH(round_to_bytes, values, count); }

void kilim_sum_rows(const float *const *rows, const float *weights, int row_count, int count, uint8_t *result) {
  DISPATCH(sum_rows, rows, weights, row_count, count, result);
}

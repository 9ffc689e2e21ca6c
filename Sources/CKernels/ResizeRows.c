#include "resize_rows.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Each loop is written once, with vectors that the compiler breaks up where the processor has narrower ones, and compiled
// twice: for every processor, and for those with AVX2 and FMA. FMA rounds once where the other rounds twice; a result can
// differ by 1 where it lies half-way between two bytes.

typedef float float2 __attribute__((vector_size(8), aligned(4)));
typedef float float4 __attribute__((vector_size(16), aligned(4)));
typedef float float8 __attribute__((vector_size(32), aligned(4)));
typedef uint8_t byte4 __attribute__((vector_size(4), aligned(1)));
typedef uint8_t byte8 __attribute__((vector_size(8), aligned(1)));
typedef uint16_t word4 __attribute__((vector_size(8), aligned(2)));
typedef uint16_t word8 __attribute__((vector_size(16), aligned(2)));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/// Eight or four values of a row of bytes, or of sums.
#define LOAD(width, row, index, holds_sums)                                                                      \
  ((holds_sums) ? __builtin_convertvector(*(const word##width *)((const uint16_t *)(row) + (index)), float##width) \
                : __builtin_convertvector(*(const byte##width *)((const uint8_t *)(row) + (index)), float##width))

/// Two pixels at a time, in six of eight lanes; what stands in the other two is dropped.
ALWAYS_INLINE void resize_pixels(const void *row, int holds_sums, const int32_t *firsts, const float *weights,
                                 int tap_count, int pixel_count, float *result) {
  for (int i = 0; i < pixel_count; i += 1) {
    size_t pixel = 3 * (size_t)firsts[i];
    float8 pairs = {0};
    int tap = 0;
    for (; tap + 1 < tap_count; tap += 2) {
      float2 weight = *(const float2 *)(weights + tap);
      pairs += LOAD(8, row, pixel + 3 * (size_t)tap, holds_sums) *
               __builtin_shufflevector(weight, weight, 0, 0, 0, 1, 1, 1, 1, 1);
    }
    float4 sum = __builtin_shufflevector(pairs, pairs, 0, 1, 2, 3) + __builtin_shufflevector(pairs, pairs, 3, 4, 5, 6);
    if (tap < tap_count) sum += LOAD(4, row, pixel + 3 * (size_t)tap, holds_sums) * weights[tap];
    *(float4 *)(result + 3 * i) = sum;
    weights += tap_count;
  }
}

ALWAYS_INLINE void resize_row(const uint8_t *row, const int32_t *firsts, const float *weights, int tap_count,
                              int pixel_count, float *result) {
  resize_pixels(row, 0, firsts, weights, tap_count, pixel_count, result);
}

ALWAYS_INLINE void resize_sums(const uint16_t *row, const int32_t *firsts, const float *weights, int tap_count,
                               int pixel_count, float *result) {
  resize_pixels(row, 1, firsts, weights, tap_count, pixel_count, result);
}

/// Writes the sum of the lanes of each of eight vectors.
ALWAYS_INLINE void sum_lanes(const float8 *vectors, float *result) {
  float8 pairs[4], quads[2];
  for (int i = 0; i < 4; i += 1) {
    float8 a = vectors[2 * i], b = vectors[2 * i + 1];
    pairs[i] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
               __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 2; i += 1) {
    float8 a = pairs[2 * i], b = pairs[2 * i + 1];
    quads[i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +
               __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  }
  *(float8 *)result = __builtin_shufflevector(quads[0], quads[1], 0, 1, 2, 3, 8, 9, 10, 11) +
                      __builtin_shufflevector(quads[0], quads[1], 4, 5, 6, 7, 12, 13, 14, 15);
}

ALWAYS_INLINE void resize_plane_by(int tap_count, const uint16_t *row, const int32_t *firsts, const float *weights,
                                   int pixel_count, float *result) {
  for (int start = 0; start < pixel_count; start += 8) {
    float8 sums[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i += 1) {
      int pixel = start + i < pixel_count ? start + i : pixel_count - 1;
      const float *own = weights + (size_t)pixel * (size_t)tap_count;
      float8 sum = {0};
      for (int tap = 0; tap < tap_count; tap += 8)
        sum += LOAD(8, row, firsts[pixel] + tap, 1) * *(const float8 *)(own + tap);
      sums[i] = sum;
    }
    sum_lanes(sums, result + start);
  }
}

ALWAYS_INLINE void resize_plane(const uint16_t *row, const int32_t *firsts, const float *weights, int tap_count,
                                int pixel_count, float *result) {
  // By far the most frequent number of taps: without a loop over them.
  if (tap_count == 8) {
    resize_plane_by(8, row, firsts, weights, pixel_count, result);
  } else {
    resize_plane_by(tap_count, row, firsts, weights, pixel_count, result);
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

ALWAYS_INLINE void sums_to_bytes(const float *sums, int count, uint8_t *result) {
  for (int i = 0; i < count; i += 1) result[i] = (uint8_t)rounded(sums[i] * (1.0f / 256));
}

/// ITU-T T.871, section 7.
ALWAYS_INLINE void colour_sums(const float *luma, const float *blue, const float *red, int count, uint8_t *result) {
  for (int i = 0; i < count; i += 1) {
    float y = luma[i] * (1.0f / 256), cb = blue[i] * (1.0f / 256) - 128, cr = red[i] * (1.0f / 256) - 128;
    result[3 * i] = (uint8_t)rounded(y + 1.402f * cr);
    result[3 * i + 1] = (uint8_t)rounded(y - 0.344136f * cb - 0.714136f * cr);
    result[3 * i + 2] = (uint8_t)rounded(y + 1.772f * cb);
  }
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

// Each product is cut off to 1/256, half of which is made good for on average at the start.

static void sum_byte_rows_portable(const uint8_t *const *rows, const uint16_t *weights, int row_count, int count,
                                   uint16_t *result) {
  enum { WIDTH = KILIM_ROW_STEP };
  for (int start = 0; start < count; start += WIDTH) {
    uint16_t sum[WIDTH];
    for (int i = 0; i < WIDTH; i += 1) sum[i] = (uint16_t)(row_count / 2);
    for (int row = 0; row < row_count; row += 1) {
      const uint8_t *values = rows[row] + start;
      uint32_t weight = (uint32_t)weights[row] << 8;
      for (int i = 0; i < WIDTH; i += 1) sum[i] += (uint16_t)(values[i] * weight >> 16);
    }
    memcpy(result + start, sum, sizeof sum);
  }
}

#define DEFINE(name, attributes)                                                                                      \
  attributes static void resize_row_##name(const uint8_t *row, const int32_t *firsts, const float *weights,           \
                                           int tap_count, int pixel_count, float *result) {                           \
    resize_row(row, firsts, weights, tap_count, pixel_count, result);                                                 \
  }                                                                                                                   \
  attributes static void resize_sums_##name(const uint16_t *row, const int32_t *firsts, const float *weights,         \
                                            int tap_count, int pixel_count, float *result) {                          \
    resize_sums(row, firsts, weights, tap_count, pixel_count, result);                                                \
  }                                                                                                                   \
  attributes static void resize_plane_##name(const uint16_t *row, const int32_t *firsts, const float *weights,        \
                                             int tap_count, int pixel_count, float *result) {                         \
    resize_plane(row, firsts, weights, tap_count, pixel_count, result);                                               \
  }                                                                                                                   \
  attributes static void round_to_bytes_##name(float *values, int count) { round_to_bytes(values, count); }           \
  attributes static void sums_to_bytes_##name(const float *sums, int count, uint8_t *result) {                        \
    sums_to_bytes(sums, count, result);                                                                               \
  }                                                                                                                   \
  attributes static void colour_sums_##name(const float *luma, const float *blue, const float *red, int count,        \
                                            uint8_t *result) {                                                        \
    colour_sums(luma, blue, red, count, result);                                                                      \
  }                                                                                                                   \
  attributes static void sum_rows_##name(const float *const *rows, const float *weights, int row_count, int count,    \
                                         uint8_t *result) {                                                           \
    sum_rows(rows, weights, row_count, count, result);                                                                \
  }

DEFINE(portable, )

#if defined(__x86_64__)
DEFINE(avx2, __attribute__((target("avx2,fma"))))

/// The same sums. The compiler would multiply in 32 bits.
__attribute__((target("avx2"))) static void sum_byte_rows_avx2(const uint8_t *const *rows, const uint16_t *weights,
                                                               int row_count, int count, uint16_t *result) {
  __m256i zero = _mm256_setzero_si256(), start = _mm256_set1_epi16((short)(row_count / 2));
  for (int i = 0; i < count; i += KILIM_ROW_STEP) {
    __m256i low = start, high = start;
    for (int row = 0; row < row_count; row += 1) {
      __m256i values = _mm256_loadu_si256((const __m256i *)(rows[row] + i));
      __m256i weight = _mm256_set1_epi16((short)weights[row]);
      low = _mm256_add_epi16(low, _mm256_mulhi_epu16(_mm256_unpacklo_epi8(zero, values), weight));
      high = _mm256_add_epi16(high, _mm256_mulhi_epu16(_mm256_unpackhi_epi8(zero, values), weight));
    }
    _mm256_storeu_si256((__m256i *)(result + i), _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((__m256i *)(result + i + 16), _mm256_permute2x128_si256(low, high, 0x31));
  }
}

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

void kilim_resize_sums(const uint16_t *row, const int32_t *firsts, const float *weights, int tap_count,
                       int pixel_count, float *result) {
  DISPATCH(resize_sums, row, firsts, weights, tap_count, pixel_count, result);
}

void kilim_resize_plane(const uint16_t *row, const int32_t *firsts, const float *weights, int tap_count,
                        int pixel_count, float *result) {
  DISPATCH(resize_plane, row, firsts, weights, tap_count, pixel_count, result);
}

void kilim_round_to_bytes(float *values, int count) { DISPATCH(round_to_bytes, values, count); }

void kilim_sums_to_bytes(const float *sums, int count, uint8_t *result) { DISPATCH(sums_to_bytes, sums, count, result); }

void kilim_colour_sums(const float *luma, const float *blue, const float *red, int count, uint8_t *result) {
  DISPATCH(colour_sums, luma, blue, red, count, result);
}

void kilim_sum_rows(const float *const *rows, const float *weights, int row_count, int count, uint8_t *result) {
  DISPATCH(sum_rows, rows, weights, row_count, count, result);
}

void kilim_sum_byte_rows(const uint8_t *const *rows, const uint16_t *weights, int row_count, int count,
                         uint16_t *result) {
  DISPATCH(sum_byte_rows, rows, weights, row_count, count, result);
}

#ifndef KILIM_RESIZE_ROWS_H
#define KILIM_RESIZE_ROWS_H

#include <stdint.h>

// A picture can be resized columns first or rows first.
//
// Columns first, by any weights: `kilim_resize_row` for each row, `kilim_round_to_bytes` where the pass between is rounded,
// `kilim_sum_rows`.
//
// Rows first, by weights from 0 to 1: `kilim_sum_byte_rows`, which makes sums of 1/256; then of pixels `kilim_resize_sums`
// and `kilim_sums_to_bytes`, of planes `kilim_resize_plane` and `kilim_colour_sums`.

/// One row of RGB pixels at another width: pixel i of the result is the sum of `tap_count` pixels from `firsts[i]` on, each
/// times its weight of `weights[i * tap_count ...]`. Reads two bytes, and writes one value, beyond the last pixel.
void kilim_resize_row(const uint8_t *row, const int32_t *firsts, const float *weights, int tap_count, int pixel_count,
                      float *result);

/// Rounds values to the nearest whole number, halves up, and cuts them off at 0 and 255.
void kilim_round_to_bytes(float *values, int count);

/// The sum of rows, each times its weight, rounded and cut off to bytes.
void kilim_sum_rows(const float *const *rows, const float *weights, int row_count, int count, uint8_t *result);

/// `kilim_sum_byte_rows` reads and writes this many values at a time.
enum { KILIM_ROW_STEP = 32 };

/// The sum of rows, each times its weight in 1/65536, in 1/256. `count` is a multiple of `KILIM_ROW_STEP`, the weights sum
/// to at most 65536, `row_count` is at most 256. Off by at most `row_count / 2` of 1/256, usually by less than a tenth.
void kilim_sum_byte_rows(const uint8_t *const *rows, const uint16_t *weights, int row_count, int count,
                         uint16_t *result);

/// As `kilim_resize_row`, of a row of sums. Reads two sums, and writes one value, beyond the last pixel.
void kilim_resize_sums(const uint16_t *row, const int32_t *firsts, const float *weights, int tap_count,
                       int pixel_count, float *result);

/// The same for one plane of a picture. `tap_count` is a multiple of 8, and the row has sums for all taps; `result` has
/// room for a multiple of 8.
void kilim_resize_plane(const uint16_t *row, const int32_t *firsts, const float *weights, int tap_count,
                        int pixel_count, float *result);

/// Rounds values in 1/256 to bytes, as `kilim_round_to_bytes`.
void kilim_sums_to_bytes(const float *sums, int count, uint8_t *result);

/// RGB pixels of rows of luma, blue and red difference, all three in 1/256.
void kilim_colour_sums(const float *luma, const float *blue, const float *red, int count, uint8_t *result);

#endif

#ifndef KILIM_RESIZE_ROWS_H
#define KILIM_RESIZE_ROWS_H

#include <stdint.h>

/// One row of RGB pixels at another width: pixel i of the result is the sum of `tap_count` pixels from `firsts[i]` on, each
/// times its weight of `weights[i * tap_count ...]`. Reads two bytes, and writes one value, beyond the last pixel.
void kilim_resize_row(const uint8_t *row, const int32_t *firsts, const float *weights, int tap_count, int pixel_count,
                      float *result);

/// Rounds values to the nearest whole number, halves up, and cuts them off at 0 and 255.
void kilim_round_to_bytes(float *values, int count);

/// The sum of rows, each times its weight, rounded and cut off to bytes.
void kilim_sum_rows(const float *const *rows, const float *weights, int row_count, int count, uint8_t *result);

#endif

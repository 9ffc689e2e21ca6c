#ifndef KILIM_CPNG_H
#define KILIM_CPNG_H

#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which Swift can neither call nor be jumped over. Its simplified interface hides that,
// but changes 16-bit samples by their gamma. These functions use the full interface and keep the jumps inside C.

/// Room for a message with its final zero; longer ones are cut.
#define KILIM_PNG_MESSAGE_SIZE 200

typedef enum {
  /// Everything asked for was read.
  KILIM_PNG_COMPLETE = 0,
  /// Pixels were written, but some are missing or wrong. The message says what libpng found.
  KILIM_PNG_DAMAGED = 1,
  /// Nothing usable. The message says why.
  KILIM_PNG_REFUSED = 2,
} kilim_png_status;

typedef struct {
  int width;
  int height;
  /// Bytes for each pixel after decoding: 3 for RGB, 4 for RGB and opacity.
  int channels;
} kilim_png_header;

/// The version of libpng: 10639 for 1.6.39.
uint32_t kilim_png_version(void);

/// Reads the header alone; takes no memory for pixels.
kilim_png_status kilim_png_read_header(const uint8_t *bytes, size_t count, kilim_png_header *header,
                                       char message[KILIM_PNG_MESSAGE_SIZE]);

/// Decodes into `pixels`, which holds exactly width * height * channels bytes of the header: rows from the top, pixels
/// from the left, channels together. Palettes and gray are expanded to RGB; of 16-bit samples the high byte is kept.
/// Pixels that the file does not hold stay as they were.
kilim_png_status kilim_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                                  char message[KILIM_PNG_MESSAGE_SIZE]);

/// The most bytes that `kilim_png_encode` writes for a picture of this size.
size_t kilim_png_encoded_capacity(int width, int height);

/// Encodes RGB pixels into `bytes`. `*count` holds the capacity before the call and the bytes written after it.
kilim_png_status kilim_png_encode(const uint8_t *pixels, int width, int height, uint8_t *bytes, size_t *count,
                                  char message[KILIM_PNG_MESSAGE_SIZE]);

#endif

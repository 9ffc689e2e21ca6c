#ifndef KILIM_CJPEG_H
#define KILIM_CJPEG_H

#include <stddef.h>
#include <stdint.h>

// libjpeg reports errors by longjmp, which Swift can neither call nor be jumped over, and its default handler ends the
// process. These functions keep both inside C: bytes go in, pixels or a message come out.

/// Room for the longest message of libjpeg, with its final zero (`JMSG_LENGTH_MAX`).
#define KILIM_JPEG_MESSAGE_SIZE 200

typedef enum {
  /// Everything asked for was read.
  KILIM_JPEG_COMPLETE = 0,
  /// Pixels were written, but a part of them is invented: data is missing or wrong. The message says what.
  KILIM_JPEG_DAMAGED = 1,
  /// Nothing usable. The message says why.
  KILIM_JPEG_REFUSED = 2,
} kilim_jpeg_status;

typedef struct {
  int width;
  int height;
  /// Bytes for each pixel after decoding: 3 for RGB (gray is expanded), 4 for CMYK as the file stores it.
  int channels;
} kilim_jpeg_header;

/// Reads the header alone; takes no memory for pixels.
kilim_jpeg_status kilim_jpeg_read_header(const uint8_t *bytes, size_t count, kilim_jpeg_header *header,
                                         char message[KILIM_JPEG_MESSAGE_SIZE]);

/// Decodes into `pixels`, which holds exactly width * height * channels bytes of the header: rows from the top, pixels
/// from the left, channels together.
kilim_jpeg_status kilim_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                                    char message[KILIM_JPEG_MESSAGE_SIZE]);

/// Encodes RGB pixels, baseline, with chroma at half resolution. `*bytes` is to be given back with `free`.
kilim_jpeg_status kilim_jpeg_encode(const uint8_t *pixels, int width, int height, int quality, uint8_t **bytes,
                                    size_t *count, char message[KILIM_JPEG_MESSAGE_SIZE]);

#endif

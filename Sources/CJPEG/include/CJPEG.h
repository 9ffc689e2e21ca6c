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

/// A JPEG on its way to pixels, row by row. Belongs to one thread at a time.
typedef struct kilim_jpeg_decoder kilim_jpeg_decoder;

/// Makes a decoder, or NULL when there is no memory for it.
kilim_jpeg_decoder *kilim_jpeg_decoder_create(void);

/// Gives back the decoder and all its memory.
void kilim_jpeg_decoder_destroy(kilim_jpeg_decoder *decoder);

/// What went wrong first; empty if nothing did.
const char *kilim_jpeg_decoder_message(const kilim_jpeg_decoder *decoder);

/// Reads the header; takes no memory for pixels. The bytes must stay until the decoder is finished.
kilim_jpeg_status kilim_jpeg_decoder_open(kilim_jpeg_decoder *decoder, const uint8_t *bytes, size_t count,
                                          kilim_jpeg_header *header);

/// Begins to decode, with one pixel for `reduction` (1, 2, 4 or 8) along each axis, the last one for what is left. Of a
/// file in several scans all are read.
kilim_jpeg_status kilim_jpeg_decoder_start(kilim_jpeg_decoder *decoder, int reduction);

/// Where the planes of a JPEG go.
typedef struct {
  /// How many bytes lie between the starts of rows, and how many rows a plane has room for: both may be more than the
  /// picture has.
  int stride;
  int rows;
} kilim_jpeg_planes;

/// Begins to decode as `kilim_jpeg_decoder_start` does, but to luma and both colour differences in planes of their own, if
/// all three then have one value for each pixel: `*planes` says what room they need. Otherwise `planes->stride` is 0, and
/// decoding has not begun. `planes->stride` is a multiple of `alignment`.
kilim_jpeg_status kilim_jpeg_decoder_start_planes(kilim_jpeg_decoder *decoder, int reduction, int alignment,
                                                  kilim_jpeg_planes *planes);

/// Decodes the three planes, one after the other in memory. Returns how many rows are there, fewer than the picture has only
/// at an error, after which nothing but `destroy` may follow.
int kilim_jpeg_decoder_read_planes(kilim_jpeg_decoder *decoder, uint8_t *pixels, const kilim_jpeg_planes *planes);

/// Decodes the next `count` rows: pixels from the left, channels together. Returns how many could be, fewer at the end of
/// the picture and at an error, after which nothing but `destroy` may follow.
int kilim_jpeg_decoder_read(kilim_jpeg_decoder *decoder, uint8_t *pixels, size_t stride, int count);

/// Passes over the next `count` rows, without the work that only pixels need. Returns as `kilim_jpeg_decoder_read` does.
int kilim_jpeg_decoder_skip(kilim_jpeg_decoder *decoder, int count);

/// Says whether pixels are missing or wrong, after the last row was read. What follows the pixels is not read: a file
/// without its end marker, or with other data behind the pixels, still holds the whole picture.
kilim_jpeg_status kilim_jpeg_decoder_finish(const kilim_jpeg_decoder *decoder);

/// Encodes RGB pixels, baseline, with chroma at half resolution. The caller frees `*bytes` with `free`.
kilim_jpeg_status kilim_jpeg_encode(const uint8_t *pixels, int width, int height, int quality, uint8_t **bytes,
                                    size_t *count, char message[KILIM_JPEG_MESSAGE_SIZE]);

#endif

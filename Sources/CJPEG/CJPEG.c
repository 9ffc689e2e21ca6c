#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <jerror.h>

_Static_assert(KILIM_JPEG_MESSAGE_SIZE >= JMSG_LENGTH_MAX, "libjpeg's messages need more room");

/// A progressive file may hold any number of scans over the whole picture: a few kilobytes that take minutes. Encoders
/// write about ten.
enum { MAXIMUM_SCANS = 100 };

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
  char *message;
  int damaged;
} error_handler;

static void fail(j_common_ptr codec) {
  error_handler *handler = (error_handler *)codec->err;
  handler->manager.format_message(codec, handler->message);
  longjmp(handler->escape, 1);
}

/// Whether a warning leaves every pixel as its encoder meant it.
static int is_harmless(int code) {
  switch (code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
      return 1;
    default:
      return 0;
  }
}

static void note_warning(j_common_ptr codec, int level) {
  error_handler *handler = (error_handler *)codec->err;
  if (level >= 0 || handler->damaged || is_harmless(handler->manager.msg_code)) return;
  handler->damaged = 1;
  handler->manager.format_message(codec, handler->message);
}

static void limit_scans(j_common_ptr codec) {
  if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > MAXIMUM_SCANS) {
    error_handler *handler = (error_handler *)codec->err;
    snprintf(handler->message, KILIM_JPEG_MESSAGE_SIZE, "more than %d scans", MAXIMUM_SCANS);
    longjmp(handler->escape, 1);
  }
}

static void install(error_handler *handler, char *message) {
  jpeg_std_error(&handler->manager);
  handler->manager.error_exit = fail;
  handler->manager.emit_message = note_warning;
  handler->message = message;
  handler->damaged = 0;
  message[0] = 0;
}

/// The header, and the colours the decoder is to deliver.
static void start(j_decompress_ptr codec, const uint8_t *bytes, size_t count) {
  jpeg_mem_src(codec, bytes, (unsigned long)count);
  jpeg_read_header(codec, TRUE);
  codec->out_color_space = codec->num_components == 4 ? JCS_CMYK : JCS_RGB;
}

kilim_jpeg_status kilim_jpeg_read_header(const uint8_t *bytes, size_t count, kilim_jpeg_header *header,
                                         char message[KILIM_JPEG_MESSAGE_SIZE]) {
  struct jpeg_decompress_struct codec = {0};
  error_handler handler;
  install(&handler, message);
  codec.err = &handler.manager;
  if (setjmp(handler.escape)) {
    jpeg_destroy_decompress(&codec);
    return KILIM_JPEG_REFUSED;
  }
  jpeg_create_decompress(&codec);
  start(&codec, bytes, count);
  header->width = (int)codec.image_width;
  header->height = (int)codec.image_height;
  header->channels = codec.out_color_space == JCS_CMYK ? 4 : 3;
  jpeg_destroy_decompress(&codec);
  return KILIM_JPEG_COMPLETE;
}

kilim_jpeg_status kilim_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                                    char message[KILIM_JPEG_MESSAGE_SIZE]) {
  struct jpeg_decompress_struct codec = {0};
  struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
  error_handler handler;
  install(&handler, message);
  codec.err = &handler.manager;
  if (setjmp(handler.escape)) {
    jpeg_destroy_decompress(&codec);
    return KILIM_JPEG_REFUSED;
  }
  jpeg_create_decompress(&codec);
  codec.progress = &progress;
  start(&codec, bytes, count);
  jpeg_start_decompress(&codec);
  size_t stride = (size_t)codec.output_width * (size_t)codec.output_components;
  if (stride * codec.output_height != capacity) ERREXIT(&codec, JERR_BUFFER_SIZE);
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW row = pixels + stride * codec.output_scanline;
    jpeg_read_scanlines(&codec, &row, 1);
  }
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  return handler.damaged ? KILIM_JPEG_DAMAGED : KILIM_JPEG_COMPLETE;
}

kilim_jpeg_status kilim_jpeg_encode(const uint8_t *pixels, int width, int height, int quality, uint8_t **bytes,
                                    size_t *count, char message[KILIM_JPEG_MESSAGE_SIZE]) {
  struct jpeg_compress_struct codec = {0};
  error_handler handler;
  install(&handler, message);
  codec.err = &handler.manager;
  unsigned char *encoded = NULL;
  unsigned long size = 0;
  if (setjmp(handler.escape)) {
    // libjpeg moves the output as it grows, and tells where it is only here.
    if (codec.dest) codec.dest->term_destination(&codec);
    jpeg_destroy_compress(&codec);
    free(encoded);
    return KILIM_JPEG_REFUSED;
  }
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, &encoded, &size);
  codec.image_width = (JDIMENSION)width;
  codec.image_height = (JDIMENSION)height;
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  jpeg_start_compress(&codec, TRUE);
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW row = (JSAMPROW)pixels + (size_t)width * 3 * codec.next_scanline;
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  *bytes = encoded;
  *count = size;
  return KILIM_JPEG_COMPLETE;
}

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

struct kilim_jpeg_decoder {
  struct jpeg_decompress_struct codec;
  struct jpeg_progress_mgr progress;
  error_handler handler;
  char message[KILIM_JPEG_MESSAGE_SIZE];
};

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

kilim_jpeg_decoder *kilim_jpeg_decoder_create(void) {
  kilim_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) return NULL;
  install(&decoder->handler, decoder->message);
  decoder->codec.err = &decoder->handler.manager;
  if (setjmp(decoder->handler.escape)) {
    free(decoder);
    return NULL;
  }
  jpeg_create_decompress(&decoder->codec);
  decoder->progress.progress_monitor = limit_scans;
  decoder->codec.progress = &decoder->progress;
  return decoder;
}

void kilim_jpeg_decoder_destroy(kilim_jpeg_decoder *decoder) {
  jpeg_destroy_decompress(&decoder->codec);
  free(decoder);
}

const char *kilim_jpeg_decoder_message(const kilim_jpeg_decoder *decoder) { return decoder->message; }

kilim_jpeg_status kilim_jpeg_decoder_open(kilim_jpeg_decoder *decoder, const uint8_t *bytes, size_t count,
                                          kilim_jpeg_header *header) {
  struct jpeg_decompress_struct *codec = &decoder->codec;
  if (setjmp(decoder->handler.escape)) return KILIM_JPEG_REFUSED;
  jpeg_mem_src(codec, bytes, (unsigned long)count);
  jpeg_read_header(codec, TRUE);
  codec->out_color_space = codec->num_components == 4 ? JCS_CMYK : JCS_RGB;
  header->width = (int)codec->image_width;
  header->height = (int)codec->image_height;
  header->channels = codec->num_components == 4 ? 4 : 3;
  return KILIM_JPEG_COMPLETE;
}

kilim_jpeg_status kilim_jpeg_decoder_start(kilim_jpeg_decoder *decoder, int reduction) {
  if (setjmp(decoder->handler.escape)) return KILIM_JPEG_REFUSED;
  decoder->codec.scale_num = 1;
  decoder->codec.scale_denom = (unsigned int)reduction;
  jpeg_start_decompress(&decoder->codec);
  return KILIM_JPEG_COMPLETE;
}

/// The rows of all planes that libjpeg decodes at once.
static int rows_at_once(const struct jpeg_decompress_struct *codec) {
  return codec->max_v_samp_factor * codec->min_DCT_scaled_size;
}

/// Whether the next picture has as many values of luma as of both colour differences.
static int has_equal_planes(const struct jpeg_decompress_struct *codec) {
  if (codec->jpeg_color_space != JCS_YCbCr || codec->num_components != 3) return 0;
  for (int index = 0; index < 3; index += 1) {
    const jpeg_component_info *component = &codec->comp_info[index];
    if (component->v_samp_factor * component->DCT_scaled_size != rows_at_once(codec) ||
        component->h_samp_factor * component->DCT_scaled_size != codec->max_h_samp_factor * codec->min_DCT_scaled_size)
      return 0;
  }
  return 1;
}

kilim_jpeg_status kilim_jpeg_decoder_start_planes(kilim_jpeg_decoder *decoder, int reduction, int alignment,
                                                  kilim_jpeg_planes *planes) {
  struct jpeg_decompress_struct *codec = &decoder->codec;
  planes->stride = 0;
  if (setjmp(decoder->handler.escape)) return KILIM_JPEG_REFUSED;
  codec->scale_num = 1;
  codec->scale_denom = (unsigned int)reduction;
  jpeg_calc_output_dimensions(codec);
  if (!has_equal_planes(codec)) return KILIM_JPEG_COMPLETE;
  codec->raw_data_out = TRUE;
  codec->out_color_space = JCS_YCbCr;
  jpeg_start_decompress(codec);
  // Whole blocks are written.
  int width = 0;
  for (int index = 0; index < 3; index += 1) {
    const jpeg_component_info *component = &codec->comp_info[index];
    int own = (int)component->width_in_blocks * component->DCT_scaled_size;
    if (own > width) width = own;
  }
  planes->stride = (width + alignment - 1) / alignment * alignment;
  planes->rows = (int)codec->total_iMCU_rows * rows_at_once(codec);
  return KILIM_JPEG_COMPLETE;
}

int kilim_jpeg_decoder_read_planes(kilim_jpeg_decoder *decoder, uint8_t *pixels, const kilim_jpeg_planes *planes) {
  struct jpeg_decompress_struct *codec = &decoder->codec;
  // Four blocks, the most that one component may have on top of another, of 8 rows, the most that one may have.
  JSAMPROW rows[3][4 * DCTSIZE];
  JSAMPARRAY arrays[3] = {rows[0], rows[1], rows[2]};
  int count = rows_at_once(codec);
  volatile JDIMENSION done = 0;
  if (setjmp(decoder->handler.escape)) return (int)done;
  while (codec->output_scanline < codec->output_height) {
    for (int plane = 0; plane < 3; plane += 1) {
      for (int row = 0; row < count; row += 1)
        rows[plane][row] =
            pixels + ((size_t)plane * (size_t)planes->rows + codec->output_scanline + (size_t)row) * (size_t)planes->stride;
    }
    jpeg_read_raw_data(codec, arrays, (JDIMENSION)count);
    done = codec->output_scanline < codec->output_height ? codec->output_scanline : codec->output_height;
  }
  return (int)done;
}

int kilim_jpeg_decoder_read(kilim_jpeg_decoder *decoder, uint8_t *pixels, size_t stride, int count) {
  struct jpeg_decompress_struct *codec = &decoder->codec;
  volatile JDIMENSION first = codec->output_scanline;
  if (setjmp(decoder->handler.escape)) return (int)(codec->output_scanline - first);
  while (codec->output_scanline - first < (JDIMENSION)count && codec->output_scanline < codec->output_height) {
    JSAMPROW row = pixels + stride * (codec->output_scanline - first);
    jpeg_read_scanlines(codec, &row, 1);
  }
  return (int)(codec->output_scanline - first);
}

int kilim_jpeg_decoder_skip(kilim_jpeg_decoder *decoder, int count) {
  if (setjmp(decoder->handler.escape)) return 0;
  return (int)jpeg_skip_scanlines(&decoder->codec, (JDIMENSION)count);
}

kilim_jpeg_status kilim_jpeg_decoder_finish(kilim_jpeg_decoder *decoder) {
  if (setjmp(decoder->handler.escape)) return KILIM_JPEG_DAMAGED;
  jpeg_finish_decompress(&decoder->codec);
  return decoder->handler.damaged ? KILIM_JPEG_DAMAGED : KILIM_JPEG_COMPLETE;
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

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
  /// Whether some pixels are missing or wrong.
  int damaged;
  /// Whether the file ended, or made no sense any more, before the marker of its end. The pixels may all be there.
  int ended_early;
  /// Whether the file asks for more work than is done for it.
  int refused;
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
  if (!handler->ended_early) handler->manager.format_message(codec, handler->message);
  // That pixels are missing is another warning (JWRN_HIT_MARKER).
  if (handler->manager.msg_code == JWRN_JPEG_EOF)
    handler->ended_early = 1;
  else
    handler->damaged = 1;
}

static void limit_scans(j_common_ptr codec) {
  if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > MAXIMUM_SCANS) {
    error_handler *handler = (error_handler *)codec->err;
    handler->refused = 1;
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
  handler->ended_early = 0;
  handler->refused = 0;
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

/// Whether the scans of a file hold every coefficient of every component with all its bits. Only for a file in several
/// scans, all of which have been read.
static int has_all_coefficients(const struct jpeg_decompress_struct *codec) {
  for (int index = 0; index < codec->num_components; index += 1) {
    // libjpeg notes the table when it meets the component in a scan.
    if (!codec->comp_info[index].quant_table) return 0;
    if (!codec->progressive_mode) continue;
    for (int coefficient = 0; coefficient < DCTSIZE2; coefficient += 1)
      if (codec->coef_bits[index][coefficient] != 0) return 0;
  }
  return 1;
}

/// What the header of a picture says. libjpeg writes what a second header says over it before it refuses that one.
typedef struct {
  JDIMENSION width, height;
  int components, precision;
  boolean progressive, arithmetic;
} frame_header;

static frame_header frame_header_of(const struct jpeg_decompress_struct *codec) {
  return (frame_header){codec->image_width,    codec->image_height,     codec->num_components,
                        codec->data_precision, codec->progressive_mode, codec->arith_code};
}

/// Has libjpeg find the end of the file where it is, if it is between two scans. Returns whether it is.
static int end_between_scans(struct jpeg_decompress_struct *codec, frame_header header) {
  static const JOCTET end[] = {0xFF, JPEG_EOI};
  if (codec->input_scan_number < 1 || codec->input_iMCU_row < codec->total_iMCU_rows) return 0;
  codec->image_width = header.width;
  codec->image_height = header.height;
  codec->num_components = header.components;
  codec->data_precision = header.precision;
  codec->progressive_mode = header.progressive;
  codec->arith_code = header.arithmetic;
  codec->unread_marker = 0;
  codec->src->next_input_byte = end;
  codec->src->bytes_in_buffer = sizeof end;
  return 1;
}

/// Runs `jpeg_start_decompress`, which reads all scans of a file that has several. What makes no sense behind a scan ends
/// the file there: cameras and programs append data of their own.
static kilim_jpeg_status begin(kilim_jpeg_decoder *decoder) {
  struct jpeg_decompress_struct *codec = &decoder->codec;
  error_handler *handler = &decoder->handler;
  const frame_header header = frame_header_of(codec);
  volatile int failures = 0;
  if (setjmp(handler->escape)) {
    failures += 1;
    if (failures > 1 || handler->refused || !end_between_scans(codec, header)) return KILIM_JPEG_REFUSED;
    handler->ended_early = 1;
  }
  jpeg_start_decompress(codec);
  if (handler->ended_early && jpeg_has_multiple_scans(codec) && !has_all_coefficients(codec))
    handler->damaged = 1;
  return KILIM_JPEG_COMPLETE;
}

kilim_jpeg_status kilim_jpeg_decoder_start(kilim_jpeg_decoder *decoder, int reduction) {
  if (setjmp(decoder->handler.escape)) return KILIM_JPEG_REFUSED;
  decoder->codec.scale_num = 1;
  decoder->codec.scale_denom = (unsigned int)reduction;
  return begin(decoder);
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
  if (begin(decoder) != KILIM_JPEG_COMPLETE) return KILIM_JPEG_REFUSED;
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

kilim_jpeg_status kilim_jpeg_decoder_finish(const kilim_jpeg_decoder *decoder) {
  // Arithmetic coding does not warn where its data end, since an encoder may leave out zeros there.
  int is_damaged = decoder->handler.damaged || (decoder->handler.ended_early && decoder->codec.arith_code);
  return is_damaged ? KILIM_JPEG_DAMAGED : KILIM_JPEG_COMPLETE;
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

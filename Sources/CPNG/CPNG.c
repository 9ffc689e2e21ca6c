#include "CPNG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  char *message;
  int damaged;
  /// Whether the data of the row that is being read were all there.
  int row_is_whole;
  /// Whether libpng asked for more bytes than the file has.
  int is_cut;
} source;

static void read_bytes(png_structp png, png_bytep target, size_t length) {
  source *input = png_get_io_ptr(png);
  if (length > input->count - input->position) {
    input->is_cut = 1;
    png_error(png, "premature end of file");
  }
  memcpy(target, input->bytes + input->position, length);
  input->position += length;
}

static void fail(png_structp png, png_const_charp text) {
  source *input = png_get_error_ptr(png);
  snprintf(input->message, KILIM_PNG_MESSAGE_SIZE, "%s", text);
  png_longjmp(png, 1);
}

/// Whether a warning is about the pixels: their data are not what their checksum says, or their transparency is lost.
/// libpng also warns of what leaves every pixel as it was meant, such as other chunks and data behind the pixels.
static int is_about_pixels(const char *text) {
  if (strncmp(text, "tRNS", 4) == 0) return 1;
  return strncmp(text, "IDAT", 4) == 0 && !strstr(text, "Extra compressed data") && !strstr(text, "Too much image data");
}

static void note_warning(png_structp png, png_const_charp text) {
  source *input = png_get_error_ptr(png);
  if (input->damaged || !is_about_pixels(text)) return;
  input->damaged = 1;
  snprintf(input->message, KILIM_PNG_MESSAGE_SIZE, "%s", text);
}

/// Called by libpng for each row as soon as its data are decompressed.
static void note_row(png_structp png, png_row_infop row, png_bytep data) {
  (void)row, (void)data;
  ((source *)png_get_io_ptr(png))->row_is_whole = 1;
}

static png_structp create(source *input, png_infop *info) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, input, fail, note_warning);
  *info = png ? png_create_info_struct(png) : NULL;
  if (png && !*info) png_destroy_read_struct(&png, NULL, NULL);
  if (!png) snprintf(input->message, KILIM_PNG_MESSAGE_SIZE, "out of memory");
  return png;
}

/// Reads the header, sets the pixel format of the result, and returns the number of passes.
static int start(png_structp png, png_infop info, source *input) {
  // Chunks that say nothing of the pixels are passed over. libpng would take as much memory as they claim to need.
  static const png_byte needless[] =
      "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, needless, sizeof needless / 5);
  png_set_chunk_malloc_max(png, input->count);
  png_set_read_fn(png, input, read_bytes);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_read_user_transform_fn(png, note_row);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  return passes;
}

uint32_t kilim_png_version(void) { return png_access_version_number(); }

kilim_png_status kilim_png_read_header(const uint8_t *bytes, size_t count, kilim_png_header *header,
                                       char message[KILIM_PNG_MESSAGE_SIZE]) {
  source input = {.bytes = bytes, .count = count, .message = message};
  png_infop info;
  png_structp png = create(&input, &info);
  if (!png) return KILIM_PNG_REFUSED;
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return KILIM_PNG_REFUSED;
  }
  start(png, info, &input);
  header->width = (int)png_get_image_width(png, info);
  header->height = (int)png_get_image_height(png, info);
  header->channels = png_get_channels(png, info);
  png_destroy_read_struct(&png, &info, NULL);
  return KILIM_PNG_COMPLETE;
}

kilim_png_status kilim_png_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t capacity,
                                  char message[KILIM_PNG_MESSAGE_SIZE]) {
  source input = {.bytes = bytes, .count = count, .message = message};
  png_infop info;
  png_structp png = create(&input, &info);
  if (!png) return KILIM_PNG_REFUSED;
  volatile kilim_png_status status = KILIM_PNG_REFUSED;
  volatile int is_last = 0;
  if (!setjmp(png_jmpbuf(png))) {
    int passes = start(png, info, &input);
    size_t height = png_get_image_height(png, info);
    size_t stride = png_get_rowbytes(png, info);
    if (stride * height != capacity) png_error(png, "pixel buffer of another size");
    for (int pass = 0; pass < passes; pass += 1) {
      for (size_t row = 0; row < height; row += 1) {
        is_last = pass == passes - 1 && row == height - 1;
        input.row_is_whole = 0;
        png_read_row(png, pixels + stride * row, NULL);
        status = KILIM_PNG_DAMAGED;
      }
    }
    // What follows the pixels is not read: a file without its end marker still holds the whole picture.
    if (!input.damaged) status = KILIM_PNG_COMPLETE;
  } else if (is_last && input.row_is_whole && input.is_cut && !input.damaged) {
    // The file ends behind the last row.
    status = KILIM_PNG_COMPLETE;
  }
  png_destroy_read_struct(&png, &info, NULL);
  return status;
}

static png_image describe(int width, int height) {
  png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB};
  image.width = (png_uint_32)width;
  image.height = (png_uint_32)height;
  return image;
}

size_t kilim_png_encoded_capacity(int width, int height) {
  png_image image = describe(width, height);
  return PNG_IMAGE_PNG_SIZE_MAX(image);
}

kilim_png_status kilim_png_encode(const uint8_t *pixels, int width, int height, uint8_t *bytes, size_t *count,
                                  char message[KILIM_PNG_MESSAGE_SIZE]) {
  png_image image = describe(width, height);
  if (png_image_write_to_memory(&image, bytes, count, 0, pixels, 0, NULL)) return KILIM_PNG_COMPLETE;
  snprintf(message, KILIM_PNG_MESSAGE_SIZE, "%s", image.message);
  return KILIM_PNG_REFUSED;
}

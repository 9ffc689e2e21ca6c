#ifndef KILIM_CPICTURES_H
#define KILIM_CPICTURES_H

#include <stddef.h>
#include <stdint.h>

// The structures of libheif and libjxl that Kilim passes to them, and the functions of libtiff whose arguments vary, which Swift
// cannot call. Their headers are not needed: these libraries are loaded when a program runs. The layouts are part of the binary
// interfaces that the names of the libraries stand for.

/// `struct heif_error` of libheif 1.
typedef struct {
  int32_t code;
  int32_t subcode;
  const char *message;
} kilim_heif_error;

/// The beginning of `struct heif_security_limits` of libheif 1.19 and later.
typedef struct {
  uint8_t version;
  uint64_t max_image_size_pixels;
} kilim_heif_limits;

/// `JxlPixelFormat` of libjxl 0.7 to 0.11.
typedef struct {
  uint32_t num_channels;
  int32_t data_type;
  int32_t endianness;
  size_t align;
} kilim_jxl_format;

/// `JxlBasicInfo` of libjxl 0.7 to 0.11.
typedef struct {
  int32_t have_container;
  uint32_t xsize, ysize;
  uint32_t bits_per_sample, exponent_bits_per_sample;
  float intensity_target, min_nits;
  int32_t relative_to_max_display;
  float linear_below;
  int32_t uses_original_profile, have_preview, have_animation;
  int32_t orientation;
  uint32_t num_color_channels, num_extra_channels;
  uint32_t alpha_bits, alpha_exponent_bits;
  int32_t alpha_premultiplied;
  uint32_t preview[2];
  uint32_t animation[4];
  uint32_t intrinsic_xsize, intrinsic_ysize;
  uint8_t padding[100];
} kilim_jxl_info;

/// `JxlColorEncoding` of libjxl 0.7 to 0.11.
typedef struct {
  int32_t color_space, white_point;
  double white_point_xy[2];
  int32_t primaries;
  double primaries_xy[6];
  int32_t transfer_function;
  double gamma;
  int32_t rendering_intent;
} kilim_jxl_colours;

/// Room for a message of libtiff with its final zero; longer ones are cut.
#define KILIM_TIFF_MESSAGE_SIZE 200

/// The first error of a file; empty if there is none.
typedef struct {
  char text[KILIM_TIFF_MESSAGE_SIZE];
} kilim_tiff_message;

/// The address of a `TIFFErrorHandlerExtR` that writes to a `kilim_tiff_message` and keeps the error from the handlers of the
/// process, which print it.
void *kilim_tiff_error_handler(void);

/// The address of a `TIFFErrorHandlerExtR` for warnings, which does nothing.
void *kilim_tiff_warning_handler(void);

/// Calls `function`, a `TIFFGetFieldDefaulted`, for a tag with one value, and for one with a count and a list.
int kilim_tiff_value(void *function, void *file, uint32_t tag, void *value);
int kilim_tiff_list(void *function, void *file, uint32_t tag, void *count, void *list);

#endif

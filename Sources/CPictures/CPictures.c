#include "CPictures.h"

#include <stdarg.h>
#include <stdio.h>

static int note_error(void *file, void *message, const char *module, const char *format, va_list arguments) {
  kilim_tiff_message *target = message;
  (void)file, (void)module;
  if (target && !target->text[0]) vsnprintf(target->text, sizeof target->text, format, arguments);
  return 1;
}

static int pass_over(void *file, void *message, const char *module, const char *format, va_list arguments) {
  (void)file, (void)message, (void)module, (void)format, (void)arguments;
  return 1;
}

void *kilim_tiff_error_handler(void) { return (void *)note_error; }

void *kilim_tiff_warning_handler(void) { return (void *)pass_over; }

typedef int (*get_field)(void *file, uint32_t tag, ...);

int kilim_tiff_value(void *function, void *file, uint32_t tag, void *value) {
  return ((get_field)function)(file, tag, value);
}

int kilim_tiff_list(void *function, void *file, uint32_t tag, void *count, void *list) {
  return ((get_field)function)(file, tag, count, list);
}

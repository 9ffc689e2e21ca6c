// What libjpeg-turbo alone reaches: reads each file, decodes it at 1/DENOMINATOR into one buffer for each thread, and
// throws the pixels away. Prints images a second, the best of three rounds. The list of files comes on standard input.
//
// Usage: cc -O2 -pthread bare_jpeg.c -ljpeg -o bare_jpeg && ls photos/*/*.jpg | ./bare_jpeg DENOMINATOR THREADS

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h>

static char **paths;
static int path_count;
static int denominator;
static atomic_int next_path;

static void decode(const char *path, unsigned char **file, size_t *capacity, unsigned char **row, size_t *row_capacity) {
  FILE *stream = fopen(path, "rb");
  if (!stream) return;
  fseek(stream, 0, SEEK_END);
  size_t count = (size_t)ftell(stream);
  rewind(stream);
  if (count > *capacity) *file = realloc(*file, *capacity = count);
  count = fread(*file, 1, count, stream);
  fclose(stream);

  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  codec.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, *file, count);
  jpeg_read_header(&codec, TRUE);
  codec.scale_num = 1;
  codec.scale_denom = (unsigned int)denominator;
  codec.out_color_space = JCS_RGB;
  jpeg_start_decompress(&codec);
  size_t stride = (size_t)codec.output_width * 3;
  if (stride > *row_capacity) *row = realloc(*row, *row_capacity = stride);
  while (codec.output_scanline < codec.output_height) jpeg_read_scanlines(&codec, row, 1);
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
}

static void *work(void *unused) {
  unsigned char *file = NULL, *row = NULL;
  size_t capacity = 0, row_capacity = 0;
  for (int index; (index = atomic_fetch_add(&next_path, 1)) < path_count;)
    decode(paths[index], &file, &capacity, &row, &row_capacity);
  free(file);
  free(row);
  return unused;
}

int main(int argc, char **argv) {
  denominator = argc > 1 ? atoi(argv[1]) : 4;
  int threads = argc > 2 ? atoi(argv[2]) : 1;
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    paths = realloc(paths, sizeof *paths * (size_t)(path_count + 1));
    paths[path_count++] = strdup(line);
  }
  double best = 0;
  for (int round = 0; round < 3; round += 1) {
    struct timespec start, end;
    pthread_t *workers = malloc(sizeof *workers * (size_t)threads);
    atomic_store(&next_path, 0);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int index = 0; index < threads; index += 1) pthread_create(&workers[index], NULL, work, NULL);
    for (int index = 0; index < threads; index += 1) pthread_join(workers[index], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    free(workers);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
    if (path_count / seconds > best) best = path_count / seconds;
  }
  printf("%.0f\n", best);
}

#ifndef KILIM_CKERNELS_H
#define KILIM_CKERNELS_H

#include <stdint.h>

#include "resize_rows.h"

/// Makes the calling thread treat subnormal numbers as zero, in arguments and in results, and returns the mode it had.
/// Gradients and moments that fade away would otherwise cost some hundred cycles each.
uint64_t kilim_flush_denormals(void);

/// Puts back a mode that kilim_flush_denormals returned.
void kilim_restore_floating_point_mode(uint64_t mode);

/// The number of processors that this process may run on: fewer than the machine has, in a container or under taskset.
int kilim_available_processors(void);

/// Gives what `free` keeps for later allocations back to the system.
void kilim_release_free_memory(void);

/// Writes what the standard output holds in its buffer.
void kilim_flush_standard_output(void);

/// Tells the processor that this thread only waits, so that it leaves room and power to others.
static inline void kilim_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The square root. Unlike `sqrtf` it leaves `errno` alone, so that a loop over it becomes vector instructions.
static inline float kilim_square_root(float x) { return __builtin_elementwise_sqrt(x); }

#pragma clang assume_nonnull begin

/// Channels of one panel: the width of the blocks that matrices are cut into.
#define KILIM_PANEL 32

/// Where the transforms of tiles stand: the distances between planes, and between the panels of a plane. A tile has
/// 4 × 8, 4 × 4 or 2 × 2 results; there are (tileRows + 2) × (tileColumns + 2) planes.
typedef struct {
  long planeStride, panelStride, tileRows, tileColumns;
} kilim_planes;

/// A patch of the pixels under a tile of an image with its channels innermost; the rows and columns inside of the image.
typedef struct {
  long rowStride, pixelStride;
  long firstRow, endRow, firstColumn, endColumn;
  /// Rows and columns of the patch that earlier tiles have written to.
  long sharedRows, sharedColumns;
} kilim_patch;

/// Functions of single numbers. A gradient is computed from the results of SIGMOID and TANH, from the arguments or the results
/// of RELU and BOUNDED_RELU, and from the arguments of the others; EXP, LOG and HARD_SIGMOID have none here.
typedef enum {
  KILIM_IDENTITY, KILIM_RELU, KILIM_BOUNDED_RELU, KILIM_LEAKY_RELU, KILIM_EXP, KILIM_LOG, KILIM_TANH,
  KILIM_SIGMOID, KILIM_SILU, KILIM_GELU, KILIM_TANH_GELU, KILIM_MISH, KILIM_SOFTPLUS, KILIM_LOG_SIGMOID, KILIM_ELU,
  KILIM_CELU, KILIM_SELU, KILIM_HARD_SIGMOID, KILIM_HARD_SILU
} kilim_function;

/// One step of an LSTM for some rows of a batch. A stride is the distance between two rows.
typedef struct {
  long rows, units;
  /// The sums of the gates i, f, g and o, `units` each. The step replaces them by what the gates let through.
  float *_Nonnull gates;
  long gateStride;
  /// State and cell before the step, and after it.
  const float *_Nonnull stateBefore, *_Nonnull cellBefore;
  long beforeStride;
  float *_Nonnull state, *_Nonnull cell;
  long afterStride;
  /// 0 for a row whose state and cell stay as they are; NULL for none.
  const uint8_t *_Nullable mask;
  long maskStride;
} kilim_lstm;

/// One step of gated recurrent units for some rows of a batch, with the reset behind the product.
typedef struct {
  long rows, units;
  /// The parts of the input for z, r and g, `units` each.
  const float *_Nonnull inputs;
  long inputStride;
  /// The parts of the state for z, r and g, in rows without gaps.
  const float *_Nonnull products;
  /// What the step keeps: z, r, g and the state's part of g.
  float *_Nonnull gates;
  long gateStride;
  /// The state before the step, and after it.
  const float *_Nonnull before;
  long beforeStride;
  float *_Nonnull state;
  long afterStride;
  /// 0 for a row whose state stays as it is; NULL for none.
  const uint8_t *_Nullable mask;
  long maskStride;
} kilim_gru;

/// Gradients of a step. Those of state and cell stand in rows without gaps, and are replaced by those of the values before.
typedef struct {
  float *_Nonnull state;
  /// NULL for a layer without a cell.
  float *_Nullable cell;
  /// Out: those of the sums of the gates, or of the parts of the input, with their stride.
  float *_Nonnull sums;
} kilim_step_gradient;

/// A function of an epilogue: bounds where it is KILIM_IDENTITY (0 and ∞ are ReLU, -∞ and ∞ nothing), otherwise a function
/// with its parameter.
typedef struct {
  kilim_function function;
  float parameter;
  float low, high;
} kilim_activation;

/// What is done to each result, in this order: the bias is added, the activation applied, 2 × 2 results pooled where a
/// kernel does that, each channel multiplied by its factor and shifted, the addend added, and the last activation applied.
typedef struct {
  /// A number for each channel; NULL for nothing.
  const float *_Nullable bias;
  kilim_activation activation;
  /// A number for each channel; NULL for neither.
  const float *_Nullable factor, *_Nullable shift;
  /// One number for each result, in the same order in memory; NULL for nothing.
  const float *_Nullable addend;
  kilim_activation last;
} kilim_epilogue;

/// Where a patch of results goes, and what is done to it on the way.
typedef struct {
  float *values;
  /// Where each maximum stood, one byte each; NULL where nobody asks.
  uint8_t *_Nullable places;
  long rowStride, pixelStride;
  /// How many rows and columns of results (of maxima, where `pools`) lie inside of the image.
  long rows, columns;
  int pools;
  /// Its `addend` belongs to the result at `values`.
  kilim_epilogue epilogue;
} kilim_result;

/// Where the gradient of a patch of results comes from; `places` where the results were pooled, otherwise NULL.
typedef struct {
  const float *values;
  const uint8_t *_Nullable places;
  long rowStride, pixelStride;
  long rows, columns;
} kilim_gradient;

/// The pixels under a maximum of 2 × 2 results of a 3 × 3 filter, and how many floats are read behind the last of them.
#define KILIM_PATCH 16
#define KILIM_BEHIND_PATCHES 10

/// The most elements that a depthwise filter, or the window of a pooling, has.
#define KILIM_LARGEST_DEPTHWISE 64

/// The sizes of a depthwise convolution or a pooling: of an image, of its results, and of the window.
typedef struct {
  long rows, columns, resultRows, resultColumns, channels;
  long kernelRows, kernelColumns, rowStep, columnStep, rowDilation, columnDilation, top, left;
  /// Row r of the image that is read stands at r modulo this number: that of all rows, or of those that are kept.
  long memoryRows;
} kilim_depthwise;

/// Rows of channels that a normalization reads, and the dropout before it. What belongs to the rows, such as the result, has the
/// same distance between its rows unless another is given.
typedef struct {
  const float *input;
  /// One byte for each input, 0 where it is dropped; NULL without dropout.
  const uint8_t *_Nullable kept;
  /// What kept inputs are multiplied by.
  float scale;
  long count, channels;
  /// The distance between neighbouring rows.
  long pitch;
} kilim_rows;

/// A normalization as a factor and a shift of each channel, and the function behind it: IDENTITY, RELU, BOUNDED_RELU, SILU or
/// HARD_SILU.
typedef struct {
  const float *factor, *shift;
  kilim_function function;
  float parameter;
} kilim_active;

/// A product of matrices: rows of A times up to 32 columns of B.
typedef struct {
  long rows, columns, depth;
  /// Element (i, k) is `a[i * aRowStride + k * aDepthStride]`.
  const float *a;
  long aRowStride, aDepthStride;
  /// Row k begins at `b[k * bStride]`; of scalar products, row j of Bᵀ at `b[j * bStride]`.
  const float *b;
  long bStride;
  /// Row i begins at `c[i * cStride]`.
  float *c;
  long cStride;
  /// Whether the product is added to what C holds.
  int accumulates;
} kilim_product;

/// A piece of an indirect convolution: some pixels of the result, up to 32 channels, and a block of the sums.
typedef struct {
  /// The number of pixels.
  long rows;
  /// Where each pixel reads under each tap of the window: `reads[tap * readPitch + row]`, moved on by `readOffset`.
  const float *_Nonnull const *_Nonnull reads;
  long readPitch, readOffset;
  /// The numbers that are read in a row under each tap.
  long depth;
  /// The block: it begins with number `start` of a tap and has `count` numbers.
  long tap, start, count;
  /// The filters of the block, `[count][32]`; all vectors that the columns reach into are read whole.
  const float *filters;
  long columns;
  /// Where each pixel of the result is; the columns begin at `channel`.
  float *_Nonnull const *_Nonnull results;
  long channel;
  /// Whether the results hold the sums of earlier blocks; whether this is the last one, behind which the epilogue comes.
  int accumulates, isLast;
  /// Whether this is the first piece that reads these pixels. Their numbers are still in memory, so they are prefetched.
  int isFirst;
  /// The addend of the result at `resultsBase`.
  kilim_epilogue epilogue;
  const float *resultsBase;
} kilim_indirect;

/// The innermost loops, for one instruction set. Kernels/ says what each of them computes.
typedef struct __attribute__((swift_attr("@Sendable"))) {
  const char *name;
  /// The largest number of rows of a tile of sums.
  long tileRows;
  void (*_Nonnull multiply)(
      long rows, long depth, const float *a, long panelStride, const float *b, const float *next, float *c);
  void (*_Nonnull multiplyTransposed)(
      long depth, long rows, long panels, const float *a, const float *b, float *c, long panelStride, int accumulates);
  void (*_Nonnull multiplyShifted)(long depth, const float *a, const long *rows, const float *b, float *c);
  void (*_Nonnull multiplyMatrices)(const kilim_product *product);
  void (*_Nonnull multiplyDots)(const kilim_product *product);
  void (*_Nonnull copyPanels)(long depth, long lines, const float *from, long stride, float *panels);
  void (*_Nonnull transposePanels)(long depth, long lines, const float *from, long stride, float *panels);
  void (*_Nonnull indirect)(const kilim_indirect *work);
  void (*_Nonnull gatherRows)(
      const float *_Nonnull const *_Nonnull reads, long offset, long rows, long columns, float *panels);
  void (*_Nonnull addOuterProducts)(
      long depth, long rows, long columns, const float *a, const float *b, float *c, long stride, int accumulates);
  void (*_Nonnull addRows)(long rows, long columns, const float *panel, float *sums, int accumulates);
  void (*_Nonnull interleave)(const float *from, long stride, long channels, long count, float *to);
  void (*_Nonnull packLines)(
      const float *from, long stride, long lines, const long *rows, long count, float *panel);
  void (*_Nonnull unpackLines)(
      const float *panels, long parts, long partStride, const long *rows, long count, long lines, float *to, long stride);
  void (*_Nonnull winogradInput)(
      const float *patch, const kilim_patch *view, long tiles, long channels, float *planes, const kilim_planes *at);
  void (*_Nonnull winogradOutput)(
      const float *planes, const kilim_planes *at, long tiles, long channels, kilim_result *result);
  void (*_Nonnull winogradGradient)(
      kilim_gradient *gradient, long tiles, long channels, float *planes, const kilim_planes *at, float *sums);
  void (*_Nonnull winogradInputGradient)(
      const float *planes, const kilim_planes *at, long tiles, long channels, float *patch, const kilim_patch *view);
  void (*_Nonnull gatherFilters)(
      const float *filters, long laneStride, long lanes, long rowStride, long rows, float *gathered);
  void (*_Nonnull winogradFilters)(
      const float *filters, long rows, long pointRow, float *planes, const kilim_planes *at);
  void (*_Nonnull winogradFilterGradient)(
      float *planes, const kilim_planes *at, long parts, long partStride, long lanes, long rows, float *filters,
      long laneStride);
  void (*_Nonnull partColumns)(const float *row, long pitch, float *parts);
  void (*_Nonnull shallowInput)(
      const float *image, long pitch, long channels, long width, float *transformed);
  void (*_Nonnull shallowOutput)(
      const float *transformed, long inputChannels, long width, const float *filters, const kilim_planes *at, long tiles,
      long channel, long channels, const kilim_result *result);
  void (*_Nonnull directOutput)(
      const float *image, long rowStride, const long *steps, long depth, const float *filters, long columns,
      long channel, long channels, const kilim_result *result);
  void (*_Nonnull spreadGradient)(
      const kilim_gradient *gradient, long channel, long channels, long columns, float *rows);
  void (*_Nonnull gatherPatches)(
      const float *image, long rowStride, long channelStride, long channels, long columns, float *patches);
  void (*_Nonnull pooledFilterGradient)(
      const kilim_gradient *gradient, long channel, long channels, const float *patches, long inputChannels,
      float *sums);
  void (*_Nonnull depthwiseOutput)(
      const kilim_depthwise *sizes, const float *image, const float *filters, long row, const kilim_result *result);
  void (*_Nonnull depthwiseInputGradient)(
      const kilim_depthwise *sizes, const float *gradient, const float *filters, long row, float *result);
  void (*_Nonnull depthwiseFilterGradient)(
      const kilim_depthwise *sizes, const float *image, const float *gradient, long row, float *filters);
  void (*_Nonnull unpool)(const kilim_gradient *gradient, long channels, long columns, float *rows);
  void (*_Nonnull maxPool)(
      const kilim_depthwise *sizes, const float *image, long row, float *output, int32_t *places);
  void (*_Nonnull maxPoolGradient)(
      const kilim_depthwise *sizes, const float *gradient, const int32_t *places, long row, float *result);
  void (*_Nonnull averagePool)(
      const kilim_depthwise *sizes, const float *image, const float *shares, long row, float *output);
  void (*_Nonnull averagePoolGradient)(
      const kilim_depthwise *sizes, const float *gradient, const float *shares, long row, float *result);
  void (*_Nonnull bernoulli)(
      uint64_t seed, uint64_t stream, uint64_t firstBlock, long groups, uint32_t limit, uint8_t *result);
  void (*_Nonnull normalizeStatistics)(const kilim_rows *rows, float *mean, float *squares);
  void (*_Nonnull normalizeApply)(const kilim_rows *rows, const float *factor, const float *shift, float *output);
  void (*_Nonnull normalizeGradientSums)(
      const kilim_rows *rows, const float *gradient, const float *mean, float *sum, float *product);
  void (*_Nonnull normalizeGradient)(
      const kilim_rows *rows, const float *gradient, const float *mean, const float *factor, const float *shift,
      const float *slope, float *output);
  void (*_Nonnull normalizeActive)(
      const kilim_rows *rows, const kilim_active *active, const float *_Nullable addend, float *output, long outputPitch);
  void (*_Nonnull normalizeActiveSums)(
      const kilim_rows *rows, const kilim_active *active, const float *gradient, const float *_Nullable result,
      const float *mean, float *_Nullable passed, float *sum, float *product);
  void (*_Nonnull normalizeActiveGradient)(
      const kilim_rows *rows, const kilim_active *active, const float *gradient, const float *mean, const float *shift,
      const float *slope, float *output);
  void (*_Nonnull factorGradients)(
      const float *values, const float *gradient, long pixels, long channels, const float *factor, float *output,
      float *sums);
  void (*_Nonnull normalizeLayer)(
      const float *x, long rows, long length, float epsilon, const float *scale, const float *shift, float *y,
      float *moments);
  void (*_Nonnull normalizeLayerGradient)(
      const float *x, const float *gradient, long rows, long length, const float *scale, const float *moments, float *dx,
      float *scaleSums, float *shiftSums);
  void (*_Nonnull columnSums)(const float *x, long rows, long columns, float *sums);
  void (*_Nonnull applyFunction)(kilim_function function, float parameter, const float *x, float *y, long count);
  void (*_Nonnull applyFunctionGradient)(
      kilim_function function, float parameter, const float *gradient, const float *values, float *result, long count);
  void (*_Nonnull softmaxRow)(const float *x, float *y, long count, int takesLogarithm);
  void (*_Nonnull softmaxColumns)(
      const float *x, float *y, long length, long step, long width, int takesLogarithm);
  void (*_Nonnull lstmStep)(const kilim_lstm *step);
  void (*_Nonnull lstmStepGradient)(const kilim_lstm *step, const kilim_step_gradient *gradient);
  void (*_Nonnull gruStep)(const kilim_gru *step);
  void (*_Nonnull gruStepGradient)(const kilim_gru *step, const kilim_step_gradient *gradient, float *products);
} kilim_kernels;

/// The kernels for this processor. The environment variable KILIM_KERNELS (avx512, avx2 or portable) asks for others.
const kilim_kernels *kilim_best_kernels(void);

#pragma clang assume_nonnull end

#endif

// The kernels of one instruction set as a table.

#include "Vectors.h"
#include "Multiply.h"
#include "Panels.h"
#include "Product.h"
#include "Dots.h"
#include "Functions.h"
#include "Epilogue.h"
#include "Indirect.h"
#include "OuterProducts.h"
#include "Lines.h"
#include "Pixels.h"
#include "Winograd.h"
#include "WinogradFilters.h"
#include "WinogradShallow.h"
#include "Direct.h"
#include "PooledGradient.h"
#include "Depthwise.h"
#include "Pooling.h"
#include "Random.h"
#include "Normalize.h"
#include "ActiveNormalize.h"
#include "ImageFactors.h"
#include "Elementwise.h"
#include "Softmax.h"
#include "LayerNormalize.h"
#include "Recurrent.h"

#define KERNEL_TABLE                                                                                           \
  {                                                                                                            \
    .name = KERNEL_NAME, .tileRows = TILE_ROWS, .multiply = multiply,                                          \
    .multiplyTransposed = multiply_transposed,                                                                 \
    .multiplyShifted = multiply_shifted, .multiplyMatrices = multiply_matrices, .multiplyDots = multiply_dots,      \
    .copyPanels = copy_panels,                                                                                 \
    .transposePanels = transpose_panels, .indirect = indirect, .gatherRows = gather_rows,                      \
    .addOuterProducts = add_outer_products, .addRows = add_rows, .interleave = interleave,                     \
    .packLines = pack_lines,                                                                                   \
    .unpackLines = unpack_lines, .winogradInput = winograd_input, .winogradOutput = winograd_output,   \
    .winogradGradient = winograd_gradient, .winogradInputGradient = winograd_input_gradient,                   \
    .gatherFilters = gather_filters, .winogradFilters = winograd_filters,                                      \
    .winogradFilterGradient = winograd_filter_gradient, .partColumns = part_columns,                           \
    .shallowInput = shallow_input, .shallowOutput = shallow_output, .directOutput = direct_output,             \
    .spreadGradient = spread_gradient, .gatherPatches = gather_patches,                                        \
    .pooledFilterGradient = pooled_filter_gradient, .depthwiseOutput = depthwise_output,                       \
    .depthwiseInputGradient = depthwise_input_gradient, .depthwiseFilterGradient = depthwise_filter_gradient,  \
    .unpool = unpool, .maxPool = max_pool, .maxPoolGradient = max_pool_gradient,                               \
    .averagePool = average_pool, .averagePoolGradient = average_pool_gradient, .bernoulli = bernoulli, .normalizeStatistics = normalize_statistics,                     \
    .normalizeApply = normalize_apply, .normalizeGradientSums = normalize_gradient_sums,                       \
    .normalizeGradient = normalize_gradient, .normalizeActive = normalize_active,                              \
    .normalizeActiveSums = normalize_active_sums, .normalizeActiveGradient = normalize_active_gradient,        \
    .factorGradients = factor_gradients,                                                                       \
    .normalizeLayer = normalize_layer, .normalizeLayerGradient = normalize_layer_gradient,                     \
    .columnSums = column_sums,                                        \
    .applyFunction = apply_function,                                                                          \
    .applyFunctionGradient = apply_function_gradient, .softmaxRow = softmax_row,                               \
    .softmaxColumns = softmax_columns,                                                                         \
    .lstmStep = lstm_step, .lstmStepGradient = lstm_step_gradient, .gruStep = gru_step,                        \
    .gruStepGradient = gru_step_gradient,                                                                      \
  }

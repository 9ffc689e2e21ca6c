import CKernels
import Kilim

/// The kernels of the first convolution: 3 channels of 64 × 64 pixels to 64, pooled to 32 × 32. Each thread has its share of
/// 32 photos.
final class FirstLayerKernelBenchmarks: KernelBenchmark {
  private static let (channels, filters, maxima) = (3, 64, 32)
  private static let photos = max(32 / Threads.count, 1)
  private static let panels = filters / panel
  /// The maxima of all photos.
  private static let size = photos * maxima * maxima * filters
  /// Tiles of 4 × 4 results in one row.
  private static let tiles = maxima / 2

  /// The transform of the pixels under one row of tiles.
  func testShallowInput() {
    let pitch = Self.tiles + 2
    measure(.bytes(4 * Self.channels * (6 * 4 * pitch + 36 * Self.tiles))) {
      let (image, data) = (numbers(Self.channels * 6 * 4 * pitch), numbers(36 * Self.channels * Self.tiles))
      return { kernels.shallowInput(image, pitch, Self.channels, Self.tiles, data) }
    }
  }

  /// Products, 36 for each tile, their transform back, ReLU and pooling. Only the products are counted.
  func testShallowOutput() {
    let weight = matrices(36, rows: Self.channels, columns: Self.filters, tile: (4, 4))
    let rows = Self.photos * Self.maxima / 2
    measure(.multiplyAdds(36 * rows * Self.tiles * Self.channels * Self.filters)) {
      let data = numbers(36 * Self.channels * Self.tiles)
      let (maxima, places, bias) = (numbers(Self.size), bytes(Self.size, below: 5), numbers(Self.filters))
      return {
        for row in 0..<rows {
          let first = row * 2 * Self.maxima * Self.filters
          var result = kilim_result(
            values: maxima + first, places: places + first, rowStride: Self.maxima * Self.filters,
            pixelStride: Self.filters, rows: 2, columns: Self.maxima, pools: 1, epilogue: .relu(bias: bias))
          for panel in 0..<Self.panels {
            kernels.shallowOutput(
              data, Self.channels, Self.tiles, weight.panel(panel, of: 0), weight.strides, Self.tiles,
              panel * Self.panel, Self.filters, &result)
          }
        }
      }
    }
  }

  /// The products of the gradients of all maxima and the nine pixels that each of them met.
  func testPooledFilterGradient() {
    let rows = Self.photos * Self.maxima
    measure(.multiplyAdds(9 * rows * Self.maxima * Self.channels * Self.filters)) {
      let patches = numbers(Self.maxima * Self.channels * Int(KILIM_PATCH) + Int(KILIM_BEHIND_PATCHES))
      let (maxima, places) = (numbers(Self.size), bytes(Self.size, below: 5))
      let sums = matrices(1, rows: 9 * Self.channels + 1, columns: Self.filters)
      return {
        for row in 0..<rows {
          let first = row * Self.maxima * Self.filters
          var gradient = kilim_gradient(
            values: maxima + first, places: places + first, rowStride: Self.maxima * Self.filters,
            pixelStride: Self.filters, rows: 1, columns: Self.maxima)
          for panel in 0..<Self.panels {
            kernels.pooledFilterGradient(
              &gradient, panel * Self.panel, Self.filters, patches, Self.channels, sums.panel(panel, of: 0))
          }
        }
      }
    }
  }
}

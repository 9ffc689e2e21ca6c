import Kilim

/// The products of Winograd's convolution, 60 for each tile of 4 × 8 results.
///
/// The second and the third convolution have many tiles, which are cut into blocks, a block for a thread. Only the third
/// one's gradients are too few: there the threads share the points of each block. The fourth convolution has one block for
/// all threads, and each of them makes the filters that it needs, a row of ten points of one panel at a time.
final class ProductKernelBenchmarks: KernelBenchmark {
  /// A thread's share of the points.
  private static let pointsOfThread = max(points / Threads.count, 1)

  /// A block times one panel of filters after the other.
  private func forward(tiles: Int, channels: Int, filters: Int) {
    let weight = matrices(rows: channels, columns: filters)
    measure(.multiplyAdds(Self.points * tiles * channels * filters)) {
      let (data, products) = (matrices(rows: tiles, columns: channels), matrices(rows: tiles, columns: Self.panel))
      return {
        for panel in 0..<filters / Self.panel {
          for point in 0..<Self.points {
            let next = weight.panel(panel, of: min(point + 1, Self.points - 1))
            kernels.multiply(
              tiles, channels, data.panel(0, of: point), data.strides.pointee.panelStride,
              weight.panel(panel, of: point), next, products.panel(0, of: point))
          }
        }
      }
    }
  }

  func testMultiplyForward2() { forward(tiles: 40, channels: 64, filters: 128) }
  func testMultiplyForward3() { forward(tiles: 16, channels: 128, filters: 256) }

  /// A block times all filters of one point after the other.
  private func inputGradient(points: Int = points, tiles: Int, channels: Int, filters: Int) {
    measure(.multiplyAdds(points * tiles * channels * filters)) {
      let weight = matrices(points, rows: filters, columns: channels)
      let products = matrices(points, rows: tiles, columns: filters)
      let data = matrices(points, rows: tiles, columns: channels)
      return {
        for point in 0..<points {
          for panel in 0..<channels / Self.panel {
            let factor = weight.panel(panel, of: point)
            kernels.multiply(
              tiles, filters, products.panel(0, of: point), products.strides.pointee.panelStride, factor,
              factor + filters * Self.panel, data.panel(panel, of: point))
          }
        }
      }
    }
  }

  func testMultiplyInputGradient2() { inputGradient(tiles: 32, channels: 64, filters: 128) }
  func testMultiplyInputGradient3() {
    inputGradient(points: Self.pointsOfThread, tiles: 32, channels: 128, filters: 256)
  }

  /// The only block times one panel of filters.
  private func oneBlock(depth: Int) {
    let (tiles, pointsOfRow) = (64, 10)
    let data = matrices(rows: tiles, columns: depth)
    measure(.multiplyAdds(Self.points * tiles * depth * Self.panel)) {
      let weight = matrices(pointsOfRow, rows: depth, columns: Self.panel)
      let products = matrices(rows: tiles, columns: Self.panel)
      return {
        for point in 0..<Self.points {
          let factor = weight.panel(0, of: point % pointsOfRow)
          kernels.multiply(
            tiles, depth, data.panel(0, of: point), data.strides.pointee.panelStride, factor, factor,
            products.panel(0, of: point))
        }
      }
    }
  }

  func testMultiplyForward4() { oneBlock(depth: 256) }
  func testMultiplyInputGradient4() { oneBlock(depth: 512) }

  /// The products of a block are added to the gradient of all filters.
  private func filterGradient(points: Int = points, tiles: Int, channels: Int, filters: Int) {
    measure(.multiplyAdds(points * tiles * channels * filters)) {
      let data = matrices(points, rows: tiles, columns: channels)
      let products = matrices(points, rows: tiles, columns: filters)
      let gradient = matrices(points, rows: channels, columns: filters)
      return {
        for point in 0..<points {
          for panel in 0..<channels / Self.panel {
            kernels.multiplyTransposed(
              tiles, tiles, filters / Self.panel, data.panel(panel, of: point), products.panel(0, of: point),
              gradient.panel(0, of: point, row: panel * Self.panel), gradient.strides.pointee.panelStride, 1)
          }
        }
      }
    }
  }

  func testMultiplyTransposed2() { filterGradient(tiles: 32, channels: 64, filters: 128) }
  func testMultiplyTransposed3() {
    filterGradient(points: Self.pointsOfThread, tiles: 32, channels: 128, filters: 256)
  }

  /// A panel of channels and one panel of filters after the other, which is transformed back at once.
  func testMultiplyTransposed4() {
    let (tiles, filters) = (64, 512)
    let products = matrices(rows: tiles, columns: filters)
    measure(.multiplyAdds(Self.points * tiles * Self.panel * filters)) {
      let data = matrices(rows: tiles, columns: Self.panel)
      let gradient = matrices(rows: Self.panel, columns: Self.panel)
      return {
        for panel in 0..<filters / Self.panel {
          for point in 0..<Self.points {
            kernels.multiplyTransposed(
              tiles, tiles, 1, data.panel(0, of: point), products.panel(panel, of: point), gradient.panel(0, of: point),
              0, 0)
          }
        }
      }
    }
  }
}

import CKernels

/// Resizes luma and both colour differences, each as a plane, and converts only the result to RGB.
///
/// Rows are combined first. Values are rounded and limited to RGB only at the end, not in each pixel of the source.
struct PlaneResizer {
  /// Taps that are computed at once.
  private static let step = 8

  private let plan: ResizePlan
  private let sums: RowSums
  private let tapCount: Int
  private let columnWeights: [Float]

  /// - Parameter sums: how the rows of `plan` are joined.
  init(_ plan: ResizePlan, _ sums: RowSums) {
    self.plan = plan
    self.sums = sums
    let columns = plan.columns
    let tapCount = (columns.tapCount + Self.step - 1) / Self.step * Self.step
    columnWeights = columns.firsts.indices.flatMap { index in
      let own = columns.weights[index * columns.tapCount..<(index + 1) * columns.tapCount]
      return own + repeatElement(0, count: tapCount - columns.tapCount)
    }
    self.tapCount = tapCount
  }

  /// The pixels of the result in the order of the file.
  func pixels(of planes: borrowing ColourPlanes) -> [UInt8] {
    let width = plan.columns.firsts.count
    let roomForWidth = (width + Self.step - 1) / Self.step * Self.step
    let roomForSums = planes.stride + tapCount
    return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: roomForSums) { joined in
      joined.initialize(repeating: 0)
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * roomForWidth) { lines in
        [UInt8](unsafeUninitializedCapacity: sums.firsts.count * width * 3) { target, initialized in
          let (lines, joined) = (lines.baseAddress!, joined.baseAddress!)
          for index in sums.firsts.indices {
            for plane in 0..<3 {
              join(planes, plane, rowsOf: index, into: joined)
              kilim_resize_plane(
                joined, plan.columns.firsts, columnWeights, Int32(tapCount), Int32(width),
                lines + plane * roomForWidth)
            }
            kilim_colour_sums(
              lines, lines + roomForWidth, lines + 2 * roomForWidth, Int32(width),
              target.baseAddress! + index * width * 3)
          }
          initialized = target.count
        }
      }
    }
  }

  private func join(
    _ planes: borrowing ColourPlanes, _ plane: Int, rowsOf index: Int, into result: UnsafeMutablePointer<UInt16>
  ) {
    let first = Int(sums.firsts[index])
    withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: sums.tapCount) { rows in
      for tap in 0..<sums.tapCount { rows[tap] = planes.row(first + tap, of: plane) }
      sums.weights.withUnsafeBufferPointer { weights in
        kilim_sum_byte_rows(
          rows.baseAddress, weights.baseAddress! + index * sums.tapCount, Int32(sums.tapCount), Int32(planes.stride),
          result)
      }
    }
  }
}

import CKernels
import Tensor

/// Resizes a picture row by row while its codec decodes it, so that the large picture is never in memory.
///
/// Rows are kept in a ring until all rows for one row of the result have arrived. If columns are combined first, each
/// row is reduced when it arrives. If rows are combined first (the plan has their weights), only their sum is reduced.
struct RowResizer {
  private let plan: ResizePlan
  /// Values in a row of the result.
  private let valueCount: Int

  init(_ plan: ResizePlan) {
    self.plan = plan
    valueCount = plan.columns.firsts.count * 3
  }

  /// The pixels of the result in the order of the file.
  ///
  /// - Parameter row: gives a row of the source, 3 bytes for each pixel and two more that may be read and do not count.
  ///   Called with rising numbers, only for rows that are needed. Valid until the next call.
  func pixels(row: (_ index: Int) -> UnsafePointer<UInt8>) -> [UInt8] {
    plan.rowSums.map { pixels(joining: $0, row: row) } ?? pixelsColumnsFirst(row: row)
  }

  private func pixelsColumnsFirst(row: (_ index: Int) -> UnsafePointer<UInt8>) -> [UInt8] {
    let taps = plan.rows
    let count = taps.tapCount
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count * (valueCount + 1)) { ring in
      // Row r of the source is in slot r % count of the ring; a slot has room for one more value.
      func slot(_ source: Int) -> UnsafeMutablePointer<Float> { ring.baseAddress! + source % count * (valueCount + 1) }
      return withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: count) { rows in
        [UInt8](unsafeUninitializedCapacity: taps.firsts.count * valueCount) { target, initialized in
          var next = 0
          for index in taps.firsts.indices {
            let first = Int(taps.firsts[index])
            for source in max(first, next)..<max(first + count, next) {
              resizeColumns(of: row(source), into: slot(source))
            }
            next = max(first + count, next)
            for tap in 0..<count { rows[tap] = UnsafePointer(slot(first + tap)) }
            taps.weights.withUnsafeBufferPointer { weights in
              kilim_sum_rows(
                rows.baseAddress, weights.baseAddress! + index * count, Int32(count), Int32(valueCount),
                target.baseAddress! + index * valueCount)
            }
          }
          initialized = target.count
        }
      }
    }
  }

  private func resizeColumns(of row: UnsafePointer<UInt8>, into result: UnsafeMutablePointer<Float>) {
    let taps = plan.columns
    kilim_resize_row(row, taps.firsts, taps.weights, Int32(taps.tapCount), Int32(taps.firsts.count), result)
    if plan.roundsBetween { kilim_round_to_bytes(result, Int32(valueCount)) }
  }
}

// Rows first.
extension RowResizer {
  private func pixels(joining sums: RowSums, row: (_ index: Int) -> UnsafePointer<UInt8>) -> [UInt8] {
    let (count, step) = (sums.tapCount, Int(KILIM_ROW_STEP))
    let byteCount = plan.sourceWidth * 3
    let slotSize = byteCount.roundedUp(to: step)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count * slotSize) { ring in
      ring.initialize(repeating: 0)
      func slot(_ source: Int) -> UnsafeMutablePointer<UInt8> { ring.baseAddress! + source % count * slotSize }
      return withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: count) { rows in
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: slotSize + 2) { joined in
          joined.initialize(repeating: 0)
          return [UInt8](unsafeUninitializedCapacity: sums.firsts.count * valueCount) { target, initialized in
            var next = 0
            for index in sums.firsts.indices {
              let first = Int(sums.firsts[index])
              for source in max(first, next)..<max(first + count, next) {
                slot(source).update(from: row(source), count: byteCount)
              }
              next = max(first + count, next)
              for tap in 0..<count { rows[tap] = UnsafePointer(slot(first + tap)) }
              sums.weights.withUnsafeBufferPointer { weights in
                kilim_sum_byte_rows(
                  rows.baseAddress, weights.baseAddress! + index * count, Int32(count), Int32(slotSize),
                  joined.baseAddress)
              }
              resizeColumns(ofSums: joined, into: target.baseAddress! + index * valueCount)
            }
            initialized = target.count
          }
        }
      }
    }
  }

  private func resizeColumns(
    ofSums joined: UnsafeMutableBufferPointer<UInt16>, into target: UnsafeMutablePointer<UInt8>
  ) {
    let taps = plan.columns
    withUnsafeTemporaryAllocation(of: Float.self, capacity: valueCount + 1) { line in
      kilim_resize_sums(
        joined.baseAddress, taps.firsts, taps.weights, Int32(taps.tapCount), Int32(taps.firsts.count), line.baseAddress)
      kilim_sums_to_bytes(line.baseAddress, Int32(valueCount), target)
    }
  }
}

extension Image {
  /// The picture at another size, each value within 1 of the library that ``Resize`` names.
  ///
  /// Cost: for each needed row as many products as the result has columns times the pixels that make one, and the same
  /// again over the rows.
  ///
  /// - Parameters:
  ///   - size: height and width of the result.
  ///   - resize: which pixels make one of the result.
  ///   - framing: what happens to the proportions.
  ///   - cropShare: the share of the height and width that is used, around the middle, above 0 and at most 1.
  ///   - background: what fills the sides of a padded picture.
  public func resized(
    to size: ImageSize, _ resize: Resize = .bilinearAntialiased, framing: Framing = .stretch,
    cropShare: Double = 1, background: RGBColour = .white
  ) -> Image {
    let stored = ImageSize(height: height, width: width)
    if size == stored, cropShare == 1 { return self }
    let plan = ResizePlan(stored: stored, to: size, resize, framing: framing, cropShare: cropShare)
    // The resizer reads two bytes beyond each row; for all but the last those are the first of the next.
    let lastRow = pixels.suffix(3 * width) + [0, 0]
    let resized = pixels.withUnsafeBufferPointer { pixels in
      lastRow.withUnsafeBufferPointer { lastRow in
        RowResizer(plan).pixels { row in
          row == height - 1 ? lastRow.baseAddress! : pixels.baseAddress! + 3 * row * width
        }
      }
    }
    return plan.finish(resized, background: background)
  }
}

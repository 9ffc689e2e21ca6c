/// One axis of a resize: `length` pixels from `start` on, of a line of `source` pixels, become `target` pixels.
struct ResizeAxis {
  var source: Int
  var start: Double
  var length: Double
  var target: Int
  /// Whether the line is stored the other way round; the result is then stored so too.
  var isMirrored = false

  /// How many pixels become one.
  var scale: Double { length / Double(target) }
}

/// Which pixels along one axis make each pixel of the result, and how much they count.
struct ResizeTaps {
  /// How many pixels make one; those that do not count have the weight 0.
  let tapCount: Int
  /// The first pixel of each of the result. All `tapCount` pixels from it on lie in the source.
  private(set) var firsts: [Int32]
  /// `tapCount` weights for each pixel of the result; they sum to 1.
  private(set) var weights: [Float]

  init(_ axis: ResizeAxis, _ kernel: ResizeKernel) {
    tapCount = min(kernel.width(scale: axis.scale), axis.source)
    firsts = [Int32](repeating: 0, count: axis.target)
    weights = [Float](repeating: 0, count: axis.target * tapCount)
    let last = axis.source - 1
    var values = [Double](repeating: 0, count: tapCount)
    for index in 0..<axis.target {
      let span = kernel.span(of: index, on: axis)
      let first = min(max(span.lowerBound, 0), axis.source - tapCount)
      var sum = 0.0
      for position in span {
        let weight = kernel.weight(at: position, of: index, on: axis)
        values[min(max(position, 0), last) - first] += weight
        sum += weight
      }
      store(values, sum: sum, first: first, of: index, on: axis)
      for tap in values.indices { values[tap] = 0 }
    }
  }

  private mutating func store(_ values: [Double], sum: Double, first: Int, of index: Int, on axis: ResizeAxis) {
    let place = axis.isMirrored ? axis.target - 1 - index : index
    firsts[place] = Int32(axis.isMirrored ? axis.source - first - tapCount : first)
    for tap in 0..<tapCount {
      weights[place * tapCount + (axis.isMirrored ? tapCount - 1 - tap : tap)] = Float(values[tap] / sum)
    }
  }
}

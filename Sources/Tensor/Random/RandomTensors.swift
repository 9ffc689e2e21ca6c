extension Tensor where Scalar: FloatingScalar {
  /// Makes a tensor of random numbers, uniform in the given range without its upper bound, in steps of 2⁻²⁴ of its
  /// width.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(uniform shape: Shape, in range: Range<Scalar> = 0..<1, using generator: inout RandomGenerator) {
    let words = generator.takeWords(shape.elementCount)
    let (low, width) = (range.lowerBound, range.upperBound - range.lowerBound)
    // Rounding can give the upper bound, which does not belong to the range.
    let last = range.upperBound.nextDown
    self.init(unsafeUninitialized: shape) { output in
      writeBlocks(words, to: output) { Swift.min(low + width * (Scalar($0 >> 8) * 0x1p-24), last) }
    }
  }

  /// Makes a tensor of normally distributed random numbers, by inversion of the distribution function.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(
    normal shape: Shape, mean: Scalar = 0, standardDeviation: Scalar = 1, using generator: inout RandomGenerator
  ) {
    let words = generator.takeWords(shape.elementCount)
    self.init(unsafeUninitialized: shape) { output in
      writeBlocks(words, to: output) {
        mean + standardDeviation * Scalar(normalQuantile((Double($0) + 0.5) * 0x1p-32))
      }
    }
  }

  /// Makes a tensor of random numbers from a truncated normal distribution with mean 0: values beyond two standard
  /// deviations of the untruncated distribution do not occur. `standardDeviation` is that of the truncated
  /// distribution.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(truncatedNormal shape: Shape, standardDeviation: Scalar, using generator: inout RandomGenerator) {
    // Φ(-2), and the standard deviation of the standard normal distribution truncated at ±2.
    let (outside, narrowed) = (0.022750131948179195, 0.87962566103423978)
    let words = generator.takeWords(shape.elementCount)
    self.init(unsafeUninitialized: shape) { output in
      writeBlocks(words, to: output) {
        let probability = outside + (1 - 2 * outside) * (Double($0) + 0.5) * 0x1p-32
        return standardDeviation * Scalar(normalQuantile(probability) / narrowed)
      }
    }
  }
}

extension Tensor where Scalar == Bool {
  /// Makes a tensor of random truth values, each true with the given probability (with an error below 2⁻³²). Stops if
  /// the probability is not in 0...1.
  public init(bernoulli shape: Shape, probability: Double, using generator: inout RandomGenerator) {
    self.init(bernoulli: Layout(rowMajor: shape), probability: probability, using: &generator)
  }

  /// Makes a tensor of random truth values that has the layout `layout`, or is in row-major order if that layout has
  /// gaps.
  package init(bernoulli layout: Layout, probability: Double, using generator: inout RandomGenerator) {
    require((0...1).contains(probability), "bernoulli: \(probability) is no probability")
    let layout = layout.isDense ? layout : Layout(rowMajor: layout.shape)
    let count = layout.shape.elementCount
    let bits = generator.takeBernoulli(count)
    let threshold = UInt64(probability * 0x1p32)
    self.init(unsafeUninitialized: layout) { bits.write(below: threshold, to: $0) }
  }
}

/// Makes each element from one word of the stream.
@inline(__always)
private func writeBlocks<Scalar>(
  _ words: RandomWords, to output: UnsafeMutableBufferPointer<Scalar>, _ convert: (UInt32) -> Scalar
) {
  guard let target = output.baseAddress else { return }
  let count = output.count
  words.forEachBlock { index, block in
    if index + 4 <= count {
      target[index] = convert(block.0)
      target[index + 1] = convert(block.1)
      target[index + 2] = convert(block.2)
      target[index + 3] = convert(block.3)
    } else {
      for (offset, word) in [block.0, block.1, block.2, block.3].prefix(count - index).enumerated() {
        target[index + offset] = convert(word)
      }
    }
  }
}

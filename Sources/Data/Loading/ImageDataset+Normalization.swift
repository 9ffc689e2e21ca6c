import Tensor

extension ImageDataset {
  /// The mean and the standard deviation of red, green and blue over all pixels of these photos, after scaling: what a
  /// ``Normalization`` subtracts and divides by.
  ///
  /// ```swift
  /// let normalization = try train.channelStatistics()
  /// try model.fit(
  ///   train.normalized(by: normalization), validation: test.normalized(by: normalization), loss: .categoricalCrossEntropy)
  /// ```
  ///
  /// Take them from the training part alone: numbers of the test part would tell the model about it. The deviation is that of
  /// the population, as NumPy's `std`; 1 for a colour that is the same everywhere. Photos that occur several times count
  /// several times. The sums are exact, so neither order nor threads matter.
  ///
  /// Cost: each photo is read once, decoded again if it is streamed.
  ///
  /// - Throws: ``ImageError`` when a photo that is streamed cannot be read; ``DatasetError/noPhotos(count:)`` without photos.
  public func channelStatistics() throws -> Normalization {
    guard count > 0 else { throw DatasetError.noPhotos(count: 0) }
    let chunks = Swift.min(count, 64)
    var parts = [Result<[ChannelSums], any Error>](repeating: .success([]), count: chunks)
    parts.withUnsafeMutableBufferPointer { parts in
      parallelFor(chunks: chunks) { chunk in
        parts[chunk] = Result { try channelSums(of: chunk * count / chunks..<(chunk + 1) * count / chunks) }
      }
    }
    var sums = [ChannelSums](repeating: ChannelSums(), count: 3)
    for part in parts {
      for (channel, part) in try part.get().enumerated() { sums[channel].add(part) }
    }
    let pixels = Double(count) * Double(preprocessing.imageSize.height) * Double(preprocessing.imageSize.width)
    let colours = preprocessing.colours == .rgb ? sums : sums.reversed()
    let scale = Double(preprocessing.scale)
    return Normalization(
      mean: colours.map { Float(Double($0.values) / pixels * scale) },
      deviation: colours.map { sums in
        // The numerator n Σx² - (Σx)² is exact, so equal values give 0.
        let spread = sums.spread(count: UInt64(pixels))
        return spread == 0 ? 1 : Float(spread.squareRoot() / pixels * abs(scale))
      })
  }

  /// The same photos with another mean and deviation in their ``preprocessing``, which a model that is trained on them keeps.
  /// Shares the storage.
  public func normalized(by normalization: Normalization) -> ImageDataset {
    var preprocessing = preprocessing
    preprocessing.normalization = normalization
    return ImageDataset(
      decoded: decoded, photos: photos, targets: rowTargets, rows: rows, sampleWeights: sampleWeights,
      preprocessing: preprocessing, labelMode: labelMode)
  }

  private func channelSums(of examples: Range<Int>) throws -> [ChannelSums] {
    var sums = [ChannelSums](repeating: ChannelSums(), count: 3)
    for example in examples {
      try decoded.withPlanes(ofRow: rows[example]) { planes in
        let plane = planes.count / 3
        for channel in 0..<3 {
          sums[channel].add(UnsafeBufferPointer(rebasing: planes[channel * plane..<(channel + 1) * plane]))
        }
      }
    }
    return sums
  }
}

/// The sums of the bytes of a channel and of their squares.
private struct ChannelSums {
  var values: UInt64 = 0
  var squares: UInt64 = 0

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes {
      values += UInt64(byte)
      squares += UInt64(byte) * UInt64(byte)
    }
  }

  mutating func add(_ other: ChannelSums) {
    values += other.values
    squares += other.squares
  }

  /// n Σx² - (Σx)².
  func spread(count: UInt64) -> Double {
    let (first, second) = (count.multipliedFullWidth(by: squares), values.multipliedFullWidth(by: values))
    let (low, borrow) = first.low.subtractingReportingOverflow(second.low)
    let high = first.high - second.high - (borrow ? 1 : 0)
    return Double(high) * 0x1p64 + Double(low)
  }
}

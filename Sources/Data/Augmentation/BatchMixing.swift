import Tensor

/// Mixes the examples of a training batch with each other, and their targets in the same proportion.
///
/// - **Mixup** (Zhang et al. 2018): `λ x + (1 - λ) x'` with λ from the Beta distribution with both parameters α.
/// - **CutMix** (Yun et al. 2019): a rectangle of x' replaces that of x. Its share of the area is 1 - λ before it is cut at
///   the edge; the targets are mixed by what remains of it.
///
/// As in torchvision, x' is the example before x in the batch, whose order is random, and a batch has one λ. With both, each
/// batch gets one of them at random, as in timm.
///
/// ```swift
/// try model.fit(train, validation: test, loss: .categoricalCrossEntropy, mixing: BatchMixing(mixup: 0.2, cutMix: 1))
/// ```
///
/// Mixup mixes all inputs of a model, and all targets, by the same share, and the weights of examples too. CutMix needs a model
/// with one input.
///
/// Targets must be rows of classes, one column or values: class indices cannot be mixed. Only the training is mixed, not the
/// validation. The accuracy of training counts the class with the larger share, as in Keras.
public struct BatchMixing: Hashable, Codable, Sendable {
  /// α of mixup; 0 for no mixup. Small values, such as 0.2, mix little.
  public var mixup: Double
  /// α of CutMix; 0 for no CutMix. 1 gives all areas the same probability.
  public var cutMix: Double
  /// The share of the batches that are mixed.
  public var share: Double

  /// Makes the settings. Stops the program if α is negative or not finite, both are 0, or the share is not in 0...1.
  public init(mixup: Double = 0, cutMix: Double = 0, share: Double = 1) {
    (self.mixup, self.cutMix, self.share) = (mixup, cutMix, share)
    let isValid = [mixup, cutMix].allSatisfy { $0 >= 0 && $0.isFinite } && mixup + cutMix > 0
    require(
      isValid && (0...1).contains(share),
      "BatchMixing: α of at least 0, one of them above 0, and a share from 0 to 1 are needed, found \(self)")
  }

  /// Mixes a batch with the random numbers of an epoch.
  ///
  /// - Parameters:
  ///   - batch: the batch, inputs `[B, …]`; for CutMix `[B, C, H, W]`.
  ///   - index: its number in the epoch.
  ///   - epoch: the number of the epoch.
  ///   - seed: of the random numbers, which no other part of a training uses.
  /// - Throws: ``DatasetError`` if CutMix gets inputs that are not photos, or several inputs.
  public func callAsFunction(
    _ batch: Batch, index: Int, epoch: Int, seed: UInt64
  ) throws(DatasetError) -> Batch {
    var generator = RandomGenerator(seed: seed, stream: 1 << 61 | UInt64(index) << 32 | UInt64(epoch))
    let isMixed = generator.uniform() < share
    let cuts = cutMix > 0 && (mixup == 0 || generator.uniform() < 0.5)
    guard isMixed, batch.count > 1 else { return batch }
    let kept = generator.beta(cuts ? cutMix : mixup)
    guard cuts else { return batch.mixed(keeping: kept) }
    guard batch.furtherInputs.isEmpty else {
      throw .notPhotos(found: "\(batch.furtherInputs.count + 1) inputs", expected: "in the only input for CutMix")
    }
    let shape = batch.inputs.shape
    guard shape.rank == 4 else {
      throw .notPhotos(found: "inputs of shape \(Shape(shape.dropFirst()))", expected: "of shape [C, H, W] for CutMix")
    }
    let (x, y) = (generator.integer(below: max(shape[3], 1)), generator.integer(below: max(shape[2], 1)))
    return batch.cutMixed(keeping: kept, x: x, y: y)
  }
}

extension Batch {
  /// Each example times `kept` plus the one before it times the rest.
  package func mixed(keeping kept: Double) -> Batch {
    Batch(
      inputs: allInputs.map { mixedRows($0, kept) }, targets: allTargets.map { mixedRows($0, kept) },
      weights: weights.map { mixedRows($0, kept) })
  }

  /// Each example with a rectangle of the one before it.
  ///
  /// - Parameters:
  ///   - kept: the share of the area that stays, before the rectangle is cut at the edge.
  ///   - x: the column of the middle of the rectangle.
  ///   - y: the row of the middle.
  package func cutMixed(keeping kept: Double, x: Int, y: Int) -> Batch {
    let (height, width) = (inputs.shape[2], inputs.shape[3])
    let half = 0.5 * (1 - kept).squareRoot()
    let (halfWidth, halfHeight) = (Int(half * Double(width)), Int(half * Double(height)))
    let columns = max(x - halfWidth, 0)..<min(x + halfWidth, width)
    let rows = max(y - halfHeight, 0)..<min(y + halfHeight, height)
    let area = Double(height * width)
    let share = 1 - Double(columns.count * rows.count) / max(area, 1)
    let (size, planes) = (height * width, inputs.shape[0] * inputs.shape[1])
    let before = inputs.shape[1]
    let mixed = Tensor<Float>(unsafeUninitialized: inputs.shape) { target in
      inputs.withUnsafeScalars { source in
        _ = target.update(fromContentsOf: source)
        for plane in 0..<planes {
          let other = (plane - before + planes) % planes
          for row in rows {
            for column in columns {
              target[plane * size + row * width + column] = source[other * size + row * width + column]
            }
          }
        }
      }
    }
    return Batch(
      inputs: [mixed], targets: allTargets.map { mixedRows($0, share) }, weights: weights.map { mixedRows($0, share) })
  }

  /// `kept` of each row plus the rest of the row before it; of the last one for the first.
  private func mixedRows(_ tensor: Tensor<Float>, _ kept: Double) -> Tensor<Float> {
    let size = tensor.count / max(tensor.shape[0], 1)
    let (own, other) = (Float(kept), Float(1 - kept))
    return Tensor(unsafeUninitialized: tensor.shape) { target in
      tensor.withUnsafeScalars { source in
        for index in source.indices {
          let before = index >= size ? index - size : index + source.count - size
          target[index] = source[before] * other + source[index] * own
        }
      }
    }
  }
}

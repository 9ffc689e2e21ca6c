import Data
import NN
import Tensor

/// The views of a photo whose predictions are averaged: test-time augmentation (Krizhevsky, Sutskever and Hinton 2012,
/// section 4.1: ten crops).
public struct TestViews: Hashable, Sendable {
  let placements: [Placement]

  /// The photo as it is.
  public static let single = TestViews(placements: [Placement()])
  /// The photo, and the photo mirrored left to right.
  public static let flips = TestViews(placements: [Placement()].withMirrored)
  /// The four corners and the middle, each with 7/8 of the height and the width, enlarged to the size of the input.
  public static let fiveCrops = TestViews(placements: crops)
  /// The five crops and the same ones mirrored.
  public static let tenCrops = TestViews(placements: crops.withMirrored)

  /// The number of views.
  public var count: Int { placements.count }

  private static var crops: [Placement] {
    let (side, rest) = (7.0 / 8, 1.0 / 8)
    return [(0, 0), (rest, 0), (0, rest), (rest, rest), (rest / 2, rest / 2)].map { x, y in
      var placement = Placement()
      placement.box = Placement.Box(x: x, y: y, width: side, height: side)
      return placement
    }
  }

  /// The views of the examples of a batch `[B, C, H, W]`, one batch for each view. Other inputs have one view.
  ///
  /// - Throws: `DatasetError` if several views are asked for and the inputs are not photos.
  func inputs(_ batch: Tensor<Float>) throws -> [Tensor<Float>] {
    guard placements != [Placement()] else { return [batch] }
    let shape = batch.shape
    guard shape.rank == 4 else {
      throw DatasetError.notPhotos(
        found: "inputs of shape \(Shape(shape.dropFirst()))", expected: "of shape [C, H, W] for \(count) views")
    }
    return placements.map { placement in
      placement == Placement() ? batch : moved(batch, AffineWarp(placement, height: shape[2], width: shape[3]))
    }
  }

  /// Throws unless a model answers for a photo as a whole: the mean over views of pictures would lay one place over another.
  func check(_ model: any Layer) throws {
    guard count > 1, let shape = (model as? Model)?.outputShape, shape.rank > 1 else { return }
    throw FitError.viewsOfPlaces(shape)
  }

  private func moved(_ batch: Tensor<Float>, _ warp: AffineWarp) -> Tensor<Float> {
    let size = batch.shape.dropFirst().reduce(1, *)
    return Tensor(unsafeUninitialized: batch.shape) { target in
      batch.withUnsafeScalars { source in
        for example in 0..<batch.shape[0] {
          let part = example * size..<(example + 1) * size
          warp.apply(
            from: UnsafeBufferPointer(rebasing: source[part]), to: UnsafeMutableBufferPointer(rebasing: target[part]),
            channels: batch.shape[1])
        }
      }
    }
  }
}

extension [Placement] {
  fileprivate var withMirrored: [Placement] {
    self
      + map { placement in
        var mirrored = placement
        mirrored.isMirrored = true
        // The box is taken from the mirrored photo.
        mirrored.box.x = 1 - placement.box.x - placement.box.width
        return mirrored
      }
  }
}

extension [Tensor<Float>] {
  /// The mean of tensors of one shape, at least one.
  var mean: Tensor<Float> {
    count == 1 ? self[0] : dropFirst().reduce(self[0]) { $0 + $1 } / Float(count)
  }
}

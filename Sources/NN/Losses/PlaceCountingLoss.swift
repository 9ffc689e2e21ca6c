import Tensor

/// A loss whose mean over a batch may be that over some of its places: of a part of the batch, it counts by them instead of by its
/// examples.
package protocol PlaceCountingLoss: Loss {
  /// Whether there may be places that do not count.
  var ignoresPlaces: Bool { get }
  /// The number of places that count.
  func countedPlaces(of expected: Tensor<Float>) -> Int
}

import Autograd
import Tensor

/// How the inputs of an element-wise merging layer broadcast: as in Keras.
///
/// Axes of length 1 are repeated. An input with fewer axes is repeated along the missing ones. The channels of an image
/// count as its last axis, as they are in Keras: features `[F]` meet the channels of `[C, H, W]`, and a sequence
/// `[T, F]` meets its columns and channels.
package enum MergedInputs {
  /// The shape that the inputs broadcast to, for one example.
  ///
  /// - Throws: ``LayerError`` when the shapes do not fit, or the inputs are not `count`, or not two or more.
  static func shape(of shapes: [Shape], exactly count: Int? = nil) throws -> Shape {
    try requireCount(of: shapes, exactly: count)
    let rank = shapes.map(\.rank).max() ?? 0
    guard rank <= 3 || shapes.allSatisfy({ $0.rank == rank }) else {
      throw LayerError(
        inputShapes: shapes,
        reason: "inputs with \(counted(rank, "axis", plural: "axes")) merge only with others of as many axes")
    }
    return try shapes.dropFirst().reduce(aligned(shapes[0], toRank: rank)) { result, shape in
      guard let common = Shape.broadcast(result, aligned(shape, toRank: rank)) else {
        throw LayerError(inputShapes: shapes, reason: "lengths that meet must be equal or 1")
      }
      return common
    }
  }

  /// Checks that there are `count` inputs, or at least two.
  static func requireCount(of shapes: [Shape], exactly count: Int? = nil) throws {
    guard count.map({ shapes.count == $0 }) ?? (shapes.count >= 2) else {
      let needed = count.map { "\($0) inputs" } ?? "two or more inputs"
      throw LayerError(inputShapes: shapes, reason: "it merges \(needed), not \(shapes.count)")
    }
  }

  /// The batches with axes of length 1 where they have fewer axes than others, so that they broadcast.
  package static func aligned(_ inputs: [Variable<Float>]) -> [Variable<Float>] {
    let rank = (inputs.map(\.shape.rank).max() ?? 1) - 1
    return inputs.map { input in
      guard input.shape.rank - 1 < rank else { return input }
      let example = Shape(input.shape.dropFirst())
      let ordered = rank == 3 && example.rank == 2 ? input.permuted([0, 2, 1]) : input
      return ordered.reshaped(to: [input.shape[0]] + aligned(example, toRank: rank))
    }
  }

  /// The shape of one example with as many axes as `rank` says.
  package static func aligned(_ shape: Shape, toRank rank: Int) -> Shape {
    switch (shape.rank, rank) {
    case (1, 3): [shape[0], 1, 1]
    case (2, 3): [shape[1], 1, shape[0]]
    default: Shape(Array(repeating: 1, count: rank - shape.rank) + shape)
    }
  }
}

extension [Variable<Float>] {
  /// The variables joined from the first to the last. There must be one.
  func merged(_ join: (Variable<Float>, Variable<Float>) -> Variable<Float>) -> Variable<Float> {
    guard let first else { stop("a merging layer was called without inputs") }
    return dropFirst().reduce(first, join)
  }
}

import Autograd
import Tensor

/// A recurrent layer over a sequence in both directions (Schuster and Paliwal 1997).
///
/// ```swift
/// let layer = Bidirectional(LSTM(8, RecurrentOptions(returnsSequences: true)))
/// ```
///
/// Shapes: as those of the layer, with the outputs of both directions joined; with ``Merging/none`` they are two. The outputs
/// of the second layer at each time are brought into the order of the input. Behind them come the states of the first layer
/// and those of the second.
///
/// Both layers use the mask of the sequence. Where each time has an output, it is 0 at times that the mask leaves out, as in
/// Keras.
public final class Bidirectional: MaskedLayer, Sendable {
  /// How the outputs of both directions are joined.
  public enum Merging: Hashable, Sendable {
    /// Side by side: `[…, 2 · units]`.
    case concatenation
    /// Added.
    case sum
    /// Added and halved.
    case average
    /// Multiplied.
    case product
    /// They stay two outputs.
    case none
  }

  /// The layer in the direction of the sequence.
  public let forward: any RecurrentLayer & Sendable
  /// The layer in the other direction.
  public let backward: any RecurrentLayer & Sendable
  /// How the outputs are joined.
  public let merging: Merging

  /// Makes a layer of two directions.
  ///
  /// - Parameters:
  ///   - layer: the first of them.
  ///   - backward: the second; by default one with the options of the first, in the other direction.
  ///   - merging: how the outputs are joined.
  public init<Recurrent: RecurrentLayer & Sendable>(
    _ layer: Recurrent, backward: (any RecurrentLayer & Sendable)? = nil, merging: Merging = .concatenation
  ) {
    forward = layer
    self.backward = backward ?? layer.reversed()
    self.merging = merging
  }

  private init(
    forward: any RecurrentLayer & Sendable, backward: any RecurrentLayer & Sendable, merging: Merging
  ) {
    (self.forward, self.backward, self.merging) = (forward, backward, merging)
  }

  /// A new layer with copies of both directions.
  public func makeCopy(_ copies: LayerCopies) throws -> any Layer {
    let (ahead, back) = (try copies.layer(forward), try copies.layer(backward))
    return Bidirectional(forward: ahead, backward: back, merging: merging)
  }

  /// The number of outputs of both directions together, and of all states.
  public var outputCount: Int { (merging == .none ? 2 : 1) + (forward.outputCount - 1) * 2 }

  /// Makes the weights of both layers.
  public func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    guard
      forward.goesBackwards != backward.goesBackwards, forward.returnsSequences == backward.returnsSequences,
      forward.returnsState == backward.returnsState
    else {
      throw LayerError(
        inputShapes: inputShapes,
        reason: "the two layers must go in opposite directions and return the same kinds of outputs")
    }
    let (first, second) = inputs(of: inputShapes)
    let ahead = try forward.build(as: "forward", inputShapes: first, using: &generator)
    let back = try backward.build(as: "backward", inputShapes: second, using: &generator)
    let states = Array(ahead.dropFirst() + back.dropFirst())
    switch merging {
    case .none: return [ahead[0], back[0]] + states
    case .concatenation:
      guard ahead[0].dropLast().elementsEqual(back[0].dropLast()) else { break }
      return [Shape(ahead[0].dropLast() + [(ahead[0].last ?? 0) + (back[0].last ?? 0)])] + states
    case .sum, .average, .product:
      guard ahead[0] == back[0] else { break }
      return [ahead[0]] + states
    }
    throw LayerError(
      inputShapes: inputShapes, reason: "outputs of shape \(ahead[0]) and \(back[0]) cannot be joined")
  }

  /// Makes the weights of both layers.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try build(inputShapes: [inputShape], using: &generator)[0]
  }

  /// The first output for a batch `[N, T, features]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    outputs(of: [x], context)[0]
  }

  /// True: the outputs depend on the masks.
  public var usesMasks: Bool { true }

  /// The mask of the sequence, where each time has an output. Throws for a mask that is not one of times.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    let rules = try forward.outputMasks(masks: masks, inputShapes: inputShapes)
    return merging == .none ? rules + rules : rules
  }

  /// All outputs for a sequence and the first states of both layers.
  public func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    outputs(of: inputs, masks: [], context)
  }

  /// All outputs for a sequence with a mask `[N, T]`.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    let (first, second) = self.inputs(of: inputs)
    let mask = masks.first.flatMap(\.self)
    let ahead = forward.outputs(of: first, mask: mask, zeroing: forward.returnsSequences, context)
    let back = backward.outputs(of: second, mask: mask, zeroing: backward.returnsSequences, context)
    let (a, b) = (ahead[0], backward.returnsSequences ? back[0].reversed(axis: 1) : back[0])
    let joined: [Variable<Float>] =
      switch merging {
      case .concatenation: [Variable(concatenating: [a, b], axis: -1)]
      case .sum: [a + b]
      case .average: [(a + b) * 0.5]
      case .product: [a * b]
      case .none: [a, b]
      }
    return joined + ahead.dropFirst() + back.dropFirst()
  }

  /// The sequence for both layers, and half of the states for each.
  private func inputs<Input>(of inputs: [Input]) -> (first: [Input], second: [Input]) {
    let half = inputs.count / 2
    return (Array(inputs.prefix(1 + half)), Array(inputs.prefix(1) + inputs.dropFirst(1 + half)))
  }

  /// Those of both layers.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    forward.multiplyAdds(inputShapes: inputShapes, outputShapes: outputShapes)
      + backward.multiplyAdds(inputShapes: inputShapes, outputShapes: outputShapes)
  }

  /// Those of both layers.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    multiplyAdds(inputShapes: [inputShape], outputShapes: [outputShape])
  }
}

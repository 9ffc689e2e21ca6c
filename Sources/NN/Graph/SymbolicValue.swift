import Synchronization
import Tensor

/// A value of a network that is not computed yet: an input, or what a layer makes of other values.
///
/// Calling a layer with such a value describes a network instead of computing it. ``Model`` then makes a network of the
/// description.
///
/// ```swift
/// let image = Input([3, 32, 32])
/// var x = Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)(image)
/// x = x + Conv2D(16, kernelSize: 3, padding: .same)(x)
/// let model = try Model(input: image, output: Dense(10, activation: .softmax)(GlobalAveragePool2D()(x)))
/// ```
public struct SymbolicValue: Sendable {
  /// An input of a network, or one call of a layer.
  let source: Source
  /// Which of the outputs of the call it is.
  let index: Int

  enum Source: Sendable {
    case input(SymbolicInput)
    case call(SymbolicCall)
  }

  /// Makes an input.
  ///
  /// - Parameters:
  ///   - shape: the shape of one example, without the batch axis: `[C, H, W]` for images.
  ///   - name: the name of the input in the model; `input`, `input_1`, … by default.
  public init(_ shape: Shape, name: String? = nil) {
    self.init(.input(SymbolicInput(shape: shape, name: name)), index: 0)
  }

  init(_ source: Source, index: Int) {
    self.source = source
    self.index = index
  }

  /// The shape for one example, without the batch axis; `nil` for the output of a layer until a model is made of it.
  public var shape: Shape? {
    switch source {
    case .input(let input): input.shape
    case .call(let call): call.shapes.withLock { $0.indices.contains(index) ? $0[index] : nil }
    }
  }

  /// What is the same for the same value.
  var identity: Identity {
    switch source {
    case .input(let input): Identity(source: ObjectIdentifier(input), index: index)
    case .call(let call): Identity(source: ObjectIdentifier(call), index: index)
    }
  }

  struct Identity: Hashable {
    let source: ObjectIdentifier
    let index: Int
  }
}

/// An input of a network that is described by symbolic values: `Input([3, 224, 224])`.
public typealias Input = SymbolicValue

/// An input of a described network.
final class SymbolicInput: Sendable {
  let shape: Shape
  let name: String?

  init(shape: Shape, name: String?) {
    self.shape = shape
    self.name = name
  }
}

/// One call of a layer in a described network.
///
/// `@unchecked Sendable` since a custom layer need not be `Sendable`, see ``Model``; the inputs change only at the end.
final class SymbolicCall: @unchecked Sendable {
  let layer: any Layer
  /// The name that the call gives to the layer; `nil` for a name by its type.
  let name: String?
  /// See ``Graph/Call/training``.
  let training: Bool?
  private(set) var inputs: [SymbolicValue]
  /// The shape of each output, once a model is made of the call.
  let shapes = Lock<[Shape]>([])
  /// Calls that were made later have higher numbers, so inputs lower ones.
  let number: Int

  private static let count = Atomic(0)

  init(_ layer: any Layer, inputs: [SymbolicValue], name: String?, training: Bool?) {
    self.layer = layer
    self.inputs = inputs
    self.name = name
    self.training = training
    number = Self.count.add(1, ordering: .relaxed).newValue
  }

  /// Releases the calls behind this one in a loop: a long chain of them, each released by the next, would overflow the
  /// stack.
  deinit {
    var pending = takeInputs()
    while var call = pending.popLast() {
      if isKnownUniquelyReferenced(&call) { pending += call.takeInputs() }
    }
  }

  /// Hands over the calls that this one takes its inputs from.
  private func takeInputs() -> [SymbolicCall] {
    defer { inputs = [] }
    return inputs.compactMap { if case .call(let call) = $0.source { call } else { nil } }
  }
}

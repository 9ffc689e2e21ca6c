import Synchronization
import Tensor

/// A tensor that training changes: the weight of a convolution, the scale of a normalization.
///
/// A reference: a layer used in two places trains one set of parameters. Tasks may read the value while another one
/// changes it; each reader gets the whole value from before or after the change.
public final class Parameter: Sendable {
  package let storage: TensorStorage
  private let trains = Atomic(true)
  private let isConstant = Atomic(false)
  /// What the value satisfies after each step of an optimizer; `nil` for nothing.
  public let constraint: Constraint?

  /// Makes a parameter with a value.
  public init(_ value: Tensor<Float>, constraint: Constraint? = nil) {
    storage = TensorStorage(value)
    self.constraint = constraint
  }

  /// Makes a parameter that gets its value once the shape of the layer's input is known.
  public init(constraint: Constraint? = nil) {
    storage = TensorStorage(nil)
    self.constraint = constraint
  }

  /// The value. Stops when read before there is one.
  public var value: Tensor<Float> {
    get {
      guard let value = storage.value else { stop("Parameter: read before it had a value; was the layer built?") }
      return value
    }
    set { storage.value = newValue }
  }

  /// Whether there is a value yet.
  public var hasValue: Bool { storage.value != nil }

  /// Whether training changes the parameter, true at first. A frozen parameter is a constant of each call, and nothing
  /// is computed for its gradient. A fixed constant, such as a mask from a file, is never trainable, whatever is assigned.
  public var isTrainable: Bool {
    get { trains.load(ordering: .relaxed) && !isFixed }
    set {
      trains.store(newValue, ordering: .relaxed)
      Self.trainabilityChanges.add(1, ordering: .releasing)
    }
  }

  /// Whether the value is a constant for good: to free the layer does not make it trainable.
  package var isFixed: Bool { isConstant.load(ordering: .relaxed) }

  /// Makes the value a constant for good, as a mask or a conversion of colours is one.
  package func fix() {
    isConstant.store(true, ordering: .relaxed)
    Self.trainabilityChanges.add(1, ordering: .releasing)
  }

  /// Counts how often a parameter or a layer was frozen or freed. What was planned for other answers is out of date.
  package static let trainabilityChanges = Atomic(0)

  /// The value on the tape, to be trained.
  public var variable: Variable<Float> {
    let value = value
    return Variable(value, node: Node(shape: value.shape, edges: [], parameter: self))
  }

  /// Changes the value in place, without a copy where nobody else holds it. `change` must not read the parameter. Stops
  /// when there is no value.
  public func update(_ change: (inout Tensor<Float>) -> Void) {
    storage.update(change)
  }
}

/// A tensor that belongs to a layer and is not trained: a running mean. Tasks may read the value while another one sets
/// it.
public final class Buffer: Sendable {
  package let storage: TensorStorage

  /// Makes a buffer with a value.
  public init(_ value: Tensor<Float>) {
    storage = TensorStorage(value)
  }

  /// Makes a buffer that gets its value once the shape of the layer's input is known.
  public init() {
    storage = TensorStorage(nil)
  }

  /// The value. Stops when read before there is one.
  public var value: Tensor<Float> {
    get {
      guard let value = storage.value else { stop("Buffer: read before it had a value; was the layer built?") }
      return value
    }
    set { storage.value = newValue }
  }
}

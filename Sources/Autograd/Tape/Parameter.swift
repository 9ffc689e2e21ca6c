import Tensor

/// A tensor that training changes: the weight of a convolution, the scale of a normalization.
///
/// A reference: a layer used in two places trains one set of parameters. Tasks may read the value while another one
/// changes it; each reader gets the whole value from before or after the change.
public final class Parameter: Sendable {
  package let storage: TensorStorage

  /// Makes a parameter with a value.
  public init(_ value: Tensor<Float>) {
    storage = TensorStorage(value)
  }

  /// Makes a parameter that gets its value once the shape of the layer's input is known.
  public init() {
    storage = TensorStorage(nil)
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

import Tensor

/// A tensor that training changes: the weight of a convolution, the scale of a normalization.
///
/// A reference: a layer used in two places trains one set of parameters.
public final class Parameter {
  private var storedValue: Tensor<Float>?

  /// Makes a parameter with a value.
  public init(_ value: Tensor<Float>) {
    storedValue = value
  }

  /// Makes a parameter that gets its value once the shape of the layer's input is known.
  public init() {}

  /// The value. Stops when read before there is one.
  public var value: Tensor<Float> {
    get {
      guard let storedValue else { stop("Parameter: read before it had a value; was the layer built?") }
      return storedValue
    }
    set { storedValue = newValue }
  }

  /// Whether there is a value yet.
  public var hasValue: Bool { storedValue != nil }

  /// The value on the tape, to be trained.
  public var variable: Variable<Float> {
    Variable(value, node: Node(shape: value.shape, edges: [], parameter: self))
  }

  /// Changes the value in place, without a copy where nobody else holds it.
  public func update(_ change: (inout Tensor<Float>) -> Void) {
    var value = value
    storedValue = nil
    change(&value)
    storedValue = value
  }
}

/// A tensor that belongs to a layer and is not trained: a running mean.
public final class Buffer {
  private var storedValue: Tensor<Float>?

  /// Makes a buffer with a value.
  public init(_ value: Tensor<Float>) {
    storedValue = value
  }

  /// Makes a buffer that gets its value once the shape of the layer's input is known.
  public init() {}

  /// The value. Stops when read before there is one.
  public var value: Tensor<Float> {
    get {
      guard let storedValue else { stop("Buffer: read before it had a value; was the layer built?") }
      return storedValue
    }
    set { storedValue = newValue }
  }
}

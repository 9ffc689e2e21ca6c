import Tensor

/// A tensor and its place on the tape: the value type of differentiable computations.
///
/// Operations on variables compute their value at once and record how its gradient flows back to their inputs. Nothing is
/// recorded for inputs that need no gradient, so a computation on constants costs no more than one on tensors.
///
/// ```swift
/// let x = Variable(tracking: Tensor<Double>([1, 2, 3]))
/// let y = (x * x).sum()
/// let gradient = y.gradients()[x]  // 2, 4, 6
/// ```
///
/// A new operation computes its value and defines its gradient in one place:
///
/// ```swift
/// func square(_ x: Variable<Double>) -> Variable<Double> {
///   Variable(x.value * x.value, from: (x, { gradient in gradient * 2 * x.value }))
/// }
/// ```
public struct Variable<Scalar: FloatingScalar> {
  /// The gradient with respect to an input, from the gradient with respect to the result.
  public typealias Pullback = (_ gradient: Tensor<Scalar>) -> Tensor<Scalar>

  /// The value.
  public let value: Tensor<Scalar>
  /// The place on the tape; `nil` for a constant.
  let node: Node<Scalar>?
  /// The logits, where this is the result of a softmax or a sigmoid.
  let logits: Logits<Scalar>?

  /// Whether this is the result of a softmax or a sigmoid, so that its elements are probabilities.
  package var isProbabilities: Bool { logits != nil }

  /// Makes a constant: no gradient flows to it, and operations on constants alone record nothing.
  public init(_ value: Tensor<Scalar>) {
    self.init(value, node: nil)
  }

  /// Makes a variable whose gradient is wanted.
  public init(tracking value: Tensor<Scalar>) {
    self.init(value, node: Node(shape: value.shape, edges: []))
  }

  /// Makes the result of an operation.
  ///
  /// A pullback may return the gradient for the input as broadcast to the result; the tape sums it back to the
  /// input's own shape.
  ///
  /// - Parameters:
  ///   - value: the result.
  ///   - inputs: every input with the pullback for it alone. It is kept only where the input needs a gradient.
  public init(_ value: Tensor<Scalar>, from inputs: (Variable, Pullback)...) {
    let edges = inputs.compactMap { input, pullback in
      input.node.map { node in Node.Edge(targets: [node]) { [pullback($0)] } }
    }
    self.init(value, edges: edges)
  }

  /// Makes the result of an operation whose gradients are computed together.
  ///
  /// - Parameters:
  ///   - value: the result.
  ///   - inputs: all inputs.
  ///   - pullback: returns the gradients with respect to all inputs, in their order.
  public init(
    _ value: Tensor<Scalar>, from inputs: [Variable],
    pullback: @escaping (_ gradient: Tensor<Scalar>) -> [Tensor<Scalar>]
  ) {
    let needsGradient = inputs.contains { $0.node != nil }
    self.init(value, edges: needsGradient ? [Node.Edge(targets: inputs.map(\.node), pullback: pullback)] : [])
  }

  init(_ value: Tensor<Scalar>, edges: [Node<Scalar>.Edge]) {
    self.init(value, node: edges.isEmpty ? nil : Node(shape: value.shape, edges: edges))
  }

  init(_ value: Tensor<Scalar>, node: Node<Scalar>?, logits: Logits<Scalar>? = nil) {
    self.value = value
    self.node = node
    self.logits = logits
  }

  /// The length of each axis.
  public var shape: Shape { value.shape }

  /// Whether a gradient flows to or through this variable.
  public var needsGradient: Bool { node != nil }

  /// The same value as a constant: no gradient flows through it.
  public func detached() -> Variable {
    Variable(value, node: nil, logits: logits.map { Logits($0.function, value: $0.value, node: nil) })
  }
}

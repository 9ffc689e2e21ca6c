import Tensor

/// The unbounded scores that a softmax or a sigmoid has turned into probabilities.
///
/// A variable knows its logits with and without a tape, so that a loss has the same value in training and inference. A
/// class, since a variable cannot hold another one.
final class Logits<Scalar: FloatingScalar> {
  /// The function between the logits and the probabilities.
  enum Function: Equatable {
    /// Along one axis, counted from 0.
    case softmax(axis: Int)
    case sigmoid
  }

  let function: Function
  let value: Tensor<Scalar>
  /// Where a gradient flows to; `nil` for constants.
  let node: Node<Scalar>?

  init(_ function: Function, value: Tensor<Scalar>, node: Node<Scalar>?) {
    self.function = function
    self.value = value
    self.node = node
  }
}

extension Variable {
  /// Joins the examples of several batches that one function has made. The result is a constant; it knows its logits if they
  /// know theirs.
  package init(examples parts: [Variable]) {
    let logits = parts.compactMap(\.logits)
    let function = logits.count == parts.count ? logits.first?.function : nil
    self.init(
      Tensor(concatenating: parts.map(\.value)), node: nil,
      logits: function.map { Logits($0, value: Tensor(concatenating: logits.map(\.value)), node: nil) })
  }

  /// This variable as the logits of what `function` makes of it.
  func logits(of function: Logits<Scalar>.Function) -> Logits<Scalar> {
    Logits(function, value: value, node: node)
  }

  /// The logits, where this is the result of a softmax or a sigmoid; else this variable.
  package var beforeProbabilities: Variable { logits.map { Variable($0.value, node: $0.node) } ?? self }

  /// The input of the function that this variable is the result of; `nil` where it is not the result of `function`.
  func logits(behind function: Logits<Scalar>.Function) -> Variable? {
    guard let logits, logits.function == function else { return nil }
    return Variable(logits.value, node: logits.node)
  }

  /// The same variable, which knows its logits.
  func with(_ logits: Logits<Scalar>) -> Variable {
    Variable(value, node: node, logits: logits)
  }
}

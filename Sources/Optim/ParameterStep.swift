/// One parameter in one step of an optimizer: its elements, their gradients, and what the optimizer keeps for them.
///
/// Valid only while the step is made.
public struct ParameterStep {
  /// The number of the step; 1 for the first.
  public let number: Int
  /// The learning rate of the step.
  public let learningRate: Float

  @usableFromInline let elements: UnsafeMutableBufferPointer<Float>
  @usableFromInline let gradients: UnsafeBufferPointer<Float>
  /// All slots, one behind the other.
  let slots: UnsafeMutableBufferPointer<Float>
  @usableFromInline let limit: GradientLimit
  /// The share of each element that weight decay takes off.
  @usableFromInline let decay: Float

  /// The gradient with respect to an element, clipped.
  @inlinable
  public func gradient(at index: Int) -> Float {
    limit.applied(to: gradients[index])
  }

  /// The elements of one slot, counted in the order of the optimizer's `slotNames`.
  public func slot(_ number: Int) -> UnsafeMutableBufferPointer<Float> {
    let count = elements.count
    return UnsafeMutableBufferPointer(rebasing: slots[number * count..<(number + 1) * count])
  }

  /// Takes the weight decay off an element, then adds `change` to it.
  @inlinable
  public func move(_ index: Int, by change: Float) {
    elements[index] = elements[index] - elements[index] * decay + change
  }
}

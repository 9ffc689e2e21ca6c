import Tensor

/// One parameter in one step of an optimizer: its elements, their gradients, and the slots that the optimizer keeps.
///
/// Valid only during the step. Every access is checked: an index that the parameter does not have stops the program.
public struct ParameterStep {
  /// The number of steps that this parameter has made, this one included: 1 in its first step.
  ///
  /// It is smaller than the optimizer's step count for a parameter that got no gradient in some steps.
  public let number: Int
  /// The learning rate of the step for this parameter.
  public internal(set) var learningRate: Float

  @usableFromInline let elements: UnsafeMutableBufferPointer<Float>
  @usableFromInline let gradients: UnsafeBufferPointer<Float>
  /// All slots, one after the other.
  let slots: UnsafeMutableBufferPointer<Float>
  let slotCount: Int
  @usableFromInline let limit: GradientLimit
  /// The share of each element that weight decay takes off.
  @usableFromInline let decay: Float

  /// The number of elements of the parameter.
  public var count: Int { elements.count }

  /// An element with the weight decay taken off, as it is before it moves. Read it before ``move(_:by:)``.
  @inlinable
  public func value(at index: Int) -> Float {
    if !elements.indices.contains(index) { stopOutside(index, count: elements.count) }
    return uncheckedValue(at: index)
  }

  /// The gradient with respect to an element, clipped.
  @inlinable
  public func gradient(at index: Int) -> Float {
    if !elements.indices.contains(index) { stopOutside(index, count: elements.count) }
    return uncheckedGradient(at: index)
  }

  /// Subtracts the weight decay from an element, then adds `change` to it.
  @inlinable
  public func move(_ index: Int, by change: Float) {
    if !elements.indices.contains(index) { stopOutside(index, count: elements.count) }
    uncheckedMove(index, by: change)
  }

  /// The elements of one slot, counted in the order of the optimizer's `slotNames`. Stops when there is no such slot.
  public func slot(_ number: Int) -> Slot {
    Slot(elements: elements(ofSlot: number))
  }

  /// One number for each element of the parameter, kept from step to step.
  public struct Slot {
    @usableFromInline let elements: UnsafeMutableBufferPointer<Float>

    /// The number that belongs to the element at `index`. Stops when the parameter has no such element.
    @inlinable
    public subscript(index: Int) -> Float {
      get {
        if !elements.indices.contains(index) { stopOutside(index, count: elements.count) }
        return elements[index]
      }
      nonmutating set {
        if !elements.indices.contains(index) { stopOutside(index, count: elements.count) }
        elements[index] = newValue
      }
    }
  }

  // The rules of this module check their range once and then go through it unchecked, so that the loops become vector
  // instructions.

  /// The range. Stops when it goes beyond the parameter.
  func checked(_ range: Range<Int>) -> Range<Int> {
    require(
      range.lowerBound >= 0 && range.upperBound <= count,
      "updateElements: elements \(range) of a parameter of \(counted(count, "element"))")
    return range
  }

  @inlinable
  func uncheckedGradient(at index: Int) -> Float {
    limit.applied(to: gradients[index])
  }

  @inlinable
  func uncheckedValue(at index: Int) -> Float {
    elements[index] - elements[index] * decay
  }

  @inlinable
  func uncheckedMove(_ index: Int, by change: Float) {
    elements[index] = uncheckedValue(at: index) + change
  }

  func elements(ofSlot number: Int) -> UnsafeMutableBufferPointer<Float> {
    require(
      (0..<slotCount).contains(number), "slot: there is no slot \(number); the optimizer's slotNames has \(slotCount)")
    return UnsafeMutableBufferPointer(rebasing: slots[number * count..<(number + 1) * count])
  }
}

/// Stops because a parameter has no element at `index`.
@usableFromInline
func stopOutside(_ index: Int, count: Int) -> Never {
  stop("ParameterStep: there is no element \(index); the parameter has \(count)")
}

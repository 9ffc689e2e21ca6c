import Tensor

/// Gradients with respect to variables and parameters, such as those of a loss.
///
/// They can be added and scaled, for instance to make one step with the mean gradient of several batches:
///
/// ```swift
/// let context = Context(.training)
/// var sum = Gradients<Float>()
/// for rows in [0..<16, 16..<32] {
///   sum += MeanSquaredError()(model(Variable(images[rows]), context), targets[rows]).gradients()
/// }
/// optimizer.update(model.parameters, with: sum.scaled(by: 1 / 2))
/// ```
public struct Gradients<Scalar: FloatingScalar> {
  /// A variable or parameter, and the gradient with respect to it.
  private struct Entry {
    /// Kept alive, since its identity is the key.
    let leaf: AnyObject
    var gradient: Tensor<Scalar>?
  }

  private var entries: [Entry] = []
  private var places: [ObjectIdentifier: Int] = [:]

  /// Makes an empty collection.
  public init() {}

  /// The gradient with respect to a variable made by `Variable(tracking:)`; `nil` when the scalar does not depend on it.
  public subscript(variable: Variable<Scalar>) -> Tensor<Scalar>? {
    variable.node.flatMap { self[leaf: $0] }
  }

  /// The number of variables and parameters with a gradient.
  public var count: Int { entries.count { $0.gradient != nil } }

  /// Whether there is no gradient.
  public var isEmpty: Bool { count == 0 }

  /// The sums of the gradients. What only one side has is taken as it is. Stops when two gradients with respect to the same
  /// variable or parameter have different shapes.
  public static func + (a: Gradients, b: Gradients) -> Gradients {
    var sum = a
    sum += b
    return sum
  }

  /// Adds gradients to those that are there.
  public static func += (a: inout Gradients, b: Gradients) {
    for entry in b.entries { if let gradient = entry.gradient { a.add(gradient, for: entry.leaf) } }
  }

  /// All gradients times a factor.
  public func scaled(by factor: Scalar) -> Gradients {
    var result = self
    for index in entries.indices { result.entries[index].gradient = entries[index].gradient.map { $0 * factor } }
    return result
  }

  mutating func add(_ gradient: Tensor<Scalar>, for leaf: AnyObject) {
    guard let place = places[ObjectIdentifier(leaf)], let other = entries[place].gradient else {
      self[leaf: leaf] = gradient
      return
    }
    require(
      other.shape == gradient.shape, "Gradients: gradients of shapes \(other.shape) and \(gradient.shape) are added")
    entries[place].gradient? += gradient
  }

  subscript(leaf leaf: AnyObject) -> Tensor<Scalar>? {
    get { places[ObjectIdentifier(leaf)].flatMap { entries[$0].gradient } }
    set {
      if let place = places[ObjectIdentifier(leaf)] {
        entries[place].gradient = newValue
      } else if newValue != nil {
        places[ObjectIdentifier(leaf)] = entries.count
        entries.append(Entry(leaf: leaf, gradient: newValue))
      }
    }
  }
}

extension Gradients where Scalar == Float {
  /// The gradient with respect to a parameter; `nil` when the scalar does not depend on it.
  public subscript(parameter: Parameter) -> Tensor<Float>? {
    get { self[leaf: parameter] }
    set { self[leaf: parameter] = newValue }
  }

  /// The parameters with a gradient, in the order in which they got one.
  public var parameters: [Parameter] {
    entries.compactMap { entry in entry.gradient.flatMap { _ in entry.leaf as? Parameter } }
  }
}

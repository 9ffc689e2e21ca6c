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

  fileprivate subscript(leaf leaf: AnyObject) -> Tensor<Scalar>? {
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

extension Variable {
  /// The gradients of this scalar with respect to everything that it was computed from, by walking the tape back.
  ///
  /// Each step frees what the tape kept for it, so this can be done once. Stops when the variable is not a scalar, does not
  /// depend on anything that needs a gradient, or when its tape was walked back before.
  public func gradients() -> Gradients<Scalar> {
    require(value.count == 1, "gradients: a scalar is needed, the variable has shape \(shape)")
    guard let root = node else {
      stop("gradients: the variable depends on no variable or parameter that needs a gradient")
    }
    root.accumulate(Tensor(repeating: 1, shape: shape))
    var result = Gradients<Scalar>()
    for node in Self.nodesInOrder(from: root) {
      guard let gradient = node.takeGradient() else { continue }
      if node.isLeaf {
        result.add(gradient, for: node.parameter ?? node)
        continue
      }
      require(
        !node.isSpent, "gradients: the tape was walked back from here before; what it kept is freed by then")
      for edge in node.takeEdges() {
        let incoming = edge.pullback(gradient)
        require(
          incoming.count == edge.targets.count,
          "gradients: a pullback returned \(incoming.count) gradients for \(edge.targets.count) inputs")
        for (target, gradient) in zip(edge.targets, incoming) { target?.accumulate(gradient) }
      }
    }
    return result
  }

  /// All nodes that lead to `root`, results before their inputs.
  private static func nodesInOrder(from root: Node<Scalar>) -> [Node<Scalar>] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var nodes = [root]
    var next = 0
    while next < nodes.count {
      for edge in nodes[next].edges {
        for case let target? in edge.targets where seen.insert(ObjectIdentifier(target)).inserted {
          nodes.append(target)
        }
      }
      next += 1
    }
    return nodes.enumerated()
      .sorted { ($1.element.depth, $0.offset) < ($0.element.depth, $1.offset) }
      .map { $0.element }
  }
}

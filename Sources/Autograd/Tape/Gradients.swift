import Tensor

/// The gradients of one scalar with respect to all variables and parameters that it was computed from.
public struct Gradients<Scalar: FloatingScalar> {
  private var byLeaf: [ObjectIdentifier: Tensor<Scalar>] = [:]
  /// Keeps the leaves alive, since their identities are the keys.
  private var leaves: [AnyObject] = []

  /// Makes an empty collection.
  public init() {}

  /// The gradient with respect to a variable made by `Variable(tracking:)`; `nil` when the scalar does not depend on it.
  public subscript(variable: Variable<Scalar>) -> Tensor<Scalar>? {
    variable.node.flatMap { byLeaf[ObjectIdentifier($0)] }
  }

  mutating func add(_ gradient: Tensor<Scalar>, for leaf: AnyObject) {
    let key = ObjectIdentifier(leaf)
    if byLeaf[key] == nil {
      byLeaf[key] = gradient
      leaves.append(leaf)
    } else {
      byLeaf[key]? += gradient
    }
  }
}

extension Gradients where Scalar == Float {
  /// The gradient with respect to a parameter; `nil` when the scalar does not depend on it.
  public subscript(parameter: Parameter) -> Tensor<Float>? {
    get { byLeaf[ObjectIdentifier(parameter)] }
    set {
      byLeaf[ObjectIdentifier(parameter)] = newValue
      leaves.append(parameter)
    }
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

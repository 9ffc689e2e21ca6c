import Tensor

extension Variable {
  /// The gradients of this scalar with respect to everything that it was computed from, by walking the tape back.
  ///
  /// Each step frees what the tape kept for it, so this can be done once. Stops when the variable is not a scalar, does not
  /// depend on anything that needs a gradient, or when its tape was walked back before.
  ///
  /// - Parameter ready: called with each parameter as soon as the last contribution to its gradient is in, while the walk
  ///   goes on: those of the last layers first. The order is the same in each call for the same computation.
  public func gradients(
    ready: ((_ parameter: Parameter, _ gradient: Tensor<Scalar>) -> Void)? = nil
  ) -> Gradients<Scalar> {
    require(value.count == 1, "gradients: a scalar is needed, the variable has shape \(shape)")
    return gradients(from: Tensor(repeating: 1, shape: shape), ready: ready)
  }

  /// The gradients of the sum of this variable's elements, each times an element of `upstream`, as ``gradients(ready:)``.
  package func gradients(
    from upstream: Tensor<Scalar>, ready: ((_ parameter: Parameter, _ gradient: Tensor<Scalar>) -> Void)? = nil
  ) -> Gradients<Scalar> {
    guard let root = node else {
      stop(
        "gradients: the variable depends on no variable or parameter that needs a gradient. The usual reasons: the model was "
          + "called without Context(.training), all its layers are frozen, or a variable was made of a tensor, as in "
          + "Variable(y.value)")
    }
    root.accumulate(upstream)
    var walk = Walk(from: root, ready: ready)
    return walk.run()
  }
}

/// One walk back along the tape.
private struct Walk<Scalar: FloatingScalar> {
  /// All nodes with edges that lead to the root, results before their inputs.
  private let nodes: [Node<Scalar>]
  /// For each leaf, how many contributions to its gradient are still to come.
  private var pendingOfLeaf: [ObjectIdentifier: Int] = [:]
  /// For each parameter, how many of its leaves are still to come: one for each use.
  private var pendingOfParameter: [ObjectIdentifier: Int] = [:]
  private let ready: ((Parameter, Tensor<Scalar>) -> Void)?
  private var result = Gradients<Scalar>()

  init(from root: Node<Scalar>, ready: ((Parameter, Tensor<Scalar>) -> Void)?) {
    self.ready = ready
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var found = [root]
    var next = 0
    while next < found.count {
      for edge in found[next].edges {
        for case let target? in edge.targets {
          let isNew = seen.insert(ObjectIdentifier(target)).inserted
          if isNew { found.append(target) }
          guard target.isLeaf else { continue }
          pendingOfLeaf[ObjectIdentifier(target), default: 0] += 1
          if isNew, let parameter = target.parameter {
            pendingOfParameter[ObjectIdentifier(parameter), default: 0] += 1
          }
        }
      }
      next += 1
    }
    nodes = found.enumerated()
      .filter { !$0.element.isLeaf || $0.offset == 0 }
      .sorted { ($1.element.depth, $0.offset) < ($0.element.depth, $1.offset) }
      .map(\.element)
  }

  mutating func run() -> Gradients<Scalar> {
    for node in nodes {
      if node.isLeaf {
        finish(node)
        continue
      }
      guard let gradient = node.takeGradient() else {
        for edge in node.edges { arrive(at: edge.targets) }
        continue
      }
      require(
        !node.isSpent, "gradients: the tape was walked back from here before; what it kept is freed by then")
      for edge in node.takeEdges() {
        let incoming = edge.pullback(gradient)
        require(
          incoming.count == edge.targets.count,
          "gradients: a pullback returned \(counted(incoming.count, "gradient")) for \(counted(edge.targets.count, "input"))"
        )
        for (target, gradient) in zip(edge.targets, incoming) { target?.accumulate(gradient) }
        arrive(at: edge.targets)
      }
    }
    return result
  }

  /// Counts one contribution to each of the targets, and finishes the leaves that need no more.
  private mutating func arrive(at targets: [Node<Scalar>?]) {
    for case let leaf? in targets where leaf.isLeaf {
      let rest = (pendingOfLeaf[ObjectIdentifier(leaf)] ?? 1) - 1
      pendingOfLeaf[ObjectIdentifier(leaf)] = rest
      if rest == 0 { finish(leaf) }
    }
  }

  /// Takes the gradient of a leaf, and hands over that of a parameter with its last leaf.
  private mutating func finish(_ leaf: Node<Scalar>) {
    if let gradient = leaf.takeGradient() { result.add(gradient, for: leaf.parameter ?? leaf) }
    guard let parameter = leaf.parameter else { return }
    let rest = (pendingOfParameter[ObjectIdentifier(parameter)] ?? 1) - 1
    pendingOfParameter[ObjectIdentifier(parameter)] = rest
    if rest == 0, let ready, let gradient = result[leaf: parameter] { ready(parameter, gradient) }
  }
}

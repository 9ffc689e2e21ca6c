import Tensor

/// One place on the tape: a variable that a gradient flows to, and where it flows on from there.
final class Node<Scalar: FloatingScalar> {
  /// The way back from a result to inputs; `nil` stands for an input that needs no gradient.
  struct Edge {
    let targets: [Node?]
    let pullback: (Tensor<Scalar>) -> [Tensor<Scalar>]
  }

  let shape: Shape
  /// The parameter that this leaf stands for.
  let parameter: Parameter?
  /// One more than the deepest input: inputs come after their results when nodes are ordered by falling depth.
  let depth: Int
  private(set) var edges: [Edge]
  private(set) var isSpent = false
  private var gradient: Tensor<Scalar>?

  init(shape: Shape, edges: [Edge], parameter: Parameter? = nil) {
    self.shape = shape
    self.edges = edges
    self.parameter = parameter
    depth = edges.reduce(0) { $1.targets.reduce($0) { max($0, ($1?.depth ?? -1) + 1) } }
  }

  /// Lets go of the nodes behind this one in a loop: each ending within the end of another would overflow the stack
  /// where a long tape is dropped without being walked back.
  deinit {
    var pending: [Node] = []
    func collect(_ edges: [Edge]) {
      for edge in edges {
        for case let target? in edge.targets { pending.append(target) }
      }
    }
    collect(takeEdges())
    while var node = pending.popLast() {
      if isKnownUniquelyReferenced(&node) { collect(node.takeEdges()) }
    }
  }

  var isLeaf: Bool { depth == 0 }

  /// Adds a gradient that has come back, summed over the axes along which the value was broadcast.
  func accumulate(_ incoming: Tensor<Scalar>) {
    require(
      Shape.broadcast(shape, incoming.shape) == incoming.shape,
      "gradients: a pullback returned a gradient of shape \(incoming.shape) for an input of shape \(shape)")
    let incoming = incoming.summed(to: shape)
    if gradient == nil {
      gradient = incoming
    } else {
      gradient? += incoming
    }
  }

  /// Hands over the gradient and forgets it.
  func takeGradient() -> Tensor<Scalar>? {
    defer { gradient = nil }
    return gradient
  }

  /// Hands over the edges and with them all that they keep alive.
  func takeEdges() -> [Edge] {
    defer {
      edges = []
      isSpent = true
    }
    return edges
  }
}

import Autograd
import Tensor

extension Layer {
  /// All parameters of the layer and its inner layers, each once, under dotted names: `conv2d_1.weight`.
  public var namedParameters: [(name: String, parameter: Parameter)] { named { $0.parameters } }

  /// All buffers of the layer and its inner layers, each once, under dotted names: `batch_norm.runningMean`.
  public var namedBuffers: [(name: String, buffer: Buffer)] { named { $0.buffers } }

  /// All parameters of the layer and its inner layers, each once.
  public var parameters: [Parameter] { namedParameters.map(\.parameter) }

  /// The parameters that training changes, each once: those with `isTrainable`.
  public var trainableParameters: [Parameter] { parameters.filter(\.isTrainable) }

  /// The number of elements of all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// The number of elements of all buffers, which are not trained.
  public var bufferCount: Int { namedBuffers.reduce(0) { $0 + $1.buffer.value.count } }

  /// The values of all parameters and buffers by their dotted names. Stops when two of them have the same name.
  public var state: [String: Tensor<Float>] {
    let parameters = namedParameters.map { ($0.name, $0.parameter.value) }
    let buffers = namedBuffers.map { ($0.name, $0.buffer.value) }
    var state: [String: Tensor<Float>] = [:]
    for (name, value) in parameters + buffers {
      require(state.updateValue(value, forKey: name) == nil, "state: two tensors of the model are called \(name)")
    }
    return state
  }

  /// Sets the values of parameters and buffers by their dotted names.
  ///
  /// - Parameters:
  ///   - state: the values.
  ///   - strict: whether `state` must have exactly the names of the model. Otherwise names that only one side has are left
  ///     alone; a shape that differs is an error in both cases.
  /// - Returns: the names that only one side has: those of the model that keep their values, and those of `state` that are
  ///   not used.
  /// - Throws: ``StateError`` when a value has another shape, and if `strict` when a name is missing or unknown. Nothing is
  ///   changed then.
  @discardableResult
  public func load(state: [String: Tensor<Float>], strict: Bool = true) throws -> (missing: [String], unused: [String])
  {
    let current = self.state
    let missing = current.keys.filter { state[$0] == nil }.sorted()
    let unused = state.keys.filter { current[$0] == nil }.sorted()
    if strict, let name = missing.first { throw StateError.missing(name, current[name]?.shape ?? []) }
    for (name, tensor) in current.sorted(by: { $0.key < $1.key }) {
      guard let new = state[name], new.shape != tensor.shape else { continue }
      throw StateError.shape(name, found: new.shape, expected: tensor.shape)
    }
    if strict, let name = unused.first { throw StateError.unknown(name) }
    for (name, parameter) in namedParameters { if let value = state[name] { parameter.value = value } }
    for (name, buffer) in namedBuffers { if let value = state[name] { buffer.value = value } }
    return (missing, unused)
  }

  /// The sum of all penalties that belong to the loss; `nil` when there are none: those on the parameters of the layer and
  /// its inner layers, and those on outputs in the calls with this context since it was last asked for. Frozen parameters
  /// have none, as in Keras.
  public func penalty(_ context: Context) -> Variable<Float>? {
    context.penalty(of: layersByPath.map(\.layer))
  }

  /// This layer and its inner layers, each once, with the dotted path that leads to it: `residual.body.conv2d`.
  package var layersByPath: [(path: String, layer: any Layer)] {
    var seen: Set<ObjectIdentifier> = []
    var found: [(path: String, layer: any Layer)] = []
    func visit(_ layer: any Layer, _ path: String) {
      guard seen.insert(ObjectIdentifier(layer)).inserted else { return }
      found.append((path, layer))
      for child in layer.children { visit(child.layer, joined(path, child.name)) }
    }
    visit(self, "")
    return found
  }

  /// Parameters or buffers of all layers, each once although layers may share them.
  private func named<Item: AnyObject>(
    _ items: (StoredProperties) -> [(name: String, Item)]
  ) -> [(name: String, Item)] {
    var seen: Set<ObjectIdentifier> = []
    return layersByPath.flatMap { path, layer in
      items(StoredProperties(of: layer)).map { (name: joined(path, $0.name), $0.1) }
    }
    .filter { seen.insert(ObjectIdentifier($0.1)).inserted }
  }
}

private func joined(_ path: String, _ name: String) -> String {
  path.isEmpty ? name : "\(path).\(name)"
}

extension Context {
  /// The sum of the penalties on the parameters of some layers, but not of their inner layers, and of those on outputs. For
  /// loops: to find all layers of a model takes as long as a step of a small one.
  package func penalty(of layers: [any Layer]) -> Variable<Float>? {
    let terms = layers.flatMap(\.penalties).filter(\.parameter.isTrainable).map { $0.regularizer(self[$0.parameter]) }
    return (terms + [takePenalty()].compactMap(\.self)).reduce(nil) { total, term in total.map { $0 + term } ?? term }
  }
}

/// Why a set of named tensors does not fit a model.
public enum StateError: Error, CustomStringConvertible {
  /// The model has a tensor that was not given.
  case missing(String, Shape)
  /// A tensor was given that the model does not have.
  case unknown(String)
  /// A tensor has another shape than in the model.
  case shape(String, found: Shape, expected: Shape)

  /// The name of the tensor, what was found and what was expected.
  public var description: String {
    switch self {
    case .missing(let name, let shape): "the model's \(name) of shape \(shape) is missing"
    case .unknown(let name): "the model has no \(name)"
    case .shape(let name, let found, let expected): "\(name) has shape \(found), the model expects \(expected)"
    }
  }
}

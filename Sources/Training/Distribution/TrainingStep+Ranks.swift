import Autograd
import NN
import Optim
import Serialization
import Tensor

/// What a callback may change in a training besides its course.
struct StepChanges: Equatable {
  /// The versions of all parameters and buffers.
  let versions: [Int]
  /// Whether each layer and each parameter is trained.
  let trained: [Bool]
  let learningRate: LearningRateSchedule
}

extension TrainingStep {
  /// What callbacks have left so far.
  var changes: StepChanges {
    StepChanges(
      versions: parameters.map(\.storage.version) + namedBuffers.map(\.buffer.storage.version),
      trained: trained, learningRate: optimizer.learningRate)
  }

  /// Whether each layer is trained, an outer one before those inside it, and then each parameter.
  var trained: [Bool] {
    get {
      // To ask all layers takes long in a large model.
      let change = Parameter.trainabilityChanges.load(ordering: .acquiring)
      if let knownTrained, knownTrained.change == change { return knownTrained.trained }
      let trained = layers.map(\.isTrainable) + parameters.map(\.isTrainable)
      knownTrained = (change, trained)
      return trained
    }
    set {
      // In this order: a layer passes it on to all that is inside.
      for (layer, isTrained) in zip(layers, newValue) where layer.isTrainable != isTrained {
        layer.isTrainable = isTrained
      }
      for (parameter, isTrained) in zip(parameters, newValue.dropFirst(layers.count))
      where parameter.isTrainable != isTrained {
        parameter.isTrainable = isTrained
      }
    }
  }

  /// The running statistics and other buffers by their names.
  var buffers: [String: Tensor<Float>] {
    Dictionary(namedBuffers.map { ($0.name, $0.buffer.value) }) { first, _ in first }
  }

  /// XXH64 over the parameters.
  func checksum() -> String {
    let hash = parameters.reduce(UInt64(0)) { hash, parameter in
      parameter.value.withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
    }
    return String(hash, radix: 16)
  }

  /// What differs by rank in a training over several processes: the random numbers of dropout, the running statistics, and what
  /// rounding took from the gradients.
  func rankState() throws -> SavedState {
    var state = SavedState(values: [:], tensors: buffers)
    try state.set(context.generator, for: "generator")
    if let exchange { state.insert(exchange.feedback, as: SavedState.feedback) }
    return state
  }

  /// Restores what differs by rank, from a checkpoint of any number of ranks: with the same number, exactly; with another one,
  /// each rank gets the means of the running statistics, random numbers of its own, and nothing that rounding took.
  ///
  /// - Parameters:
  ///   - state: the checkpoint.
  ///   - epoch: the number that decides the random numbers of the epoch.
  func restoreRank(from state: SavedState, epoch: Int) throws {
    let saved = state.has(SavedState.rankCount) ? try state.value(Int.self, for: SavedState.rankCount) : 1
    let (rank, count) = (exchange?.part.index ?? 0, exchange?.part.count ?? 1)
    guard (1...1 << 20).contains(saved) else { throw SavedStateError(name: SavedState.rankCount, reason: "\(saved)") }
    if saved == count {
      let own = state.part(SavedState.rank(rank))
      exchange?.restore(feedback: own.part(SavedState.feedback))
      guard rank > 0 else { return }
      context.generator = try own.value(for: "generator")
      try model.load(buffers: [own.tensors])
      return
    }
    if rank > 0 { context.generator = generator(ofEpoch: epoch) }
    let names = Set(namedBuffers.map(\.name))
    let first = state.part("model").tensors.filter { names.contains($0.key) }
    try model.load(buffers: [first] + (1..<saved).map { state.part(SavedState.rank($0)).tensors })
  }
}

extension SavedState {
  /// The name of the number of ranks.
  static let rankCount = "ranks"

  /// The name of what rounding took from the gradients of a rank.
  static let feedback = "feedback"

  /// The name of the state of a rank after the first, whose state stands where that of one process does
  /// but for what rounding took.
  static func rank(_ number: Int) -> String { "rank.\(number)" }

  /// Adds what differs by rank.
  mutating func add(_ ranks: [SavedState]) throws {
    guard ranks.count > 1 else { return }
    try set(ranks.count, for: Self.rankCount)
    for (number, state) in ranks.enumerated().dropFirst() { insert(state, as: Self.rank(number)) }
    insert(ranks[0].part(Self.feedback), as: "\(Self.rank(0)).\(Self.feedback)")
  }

  /// The state without what has names with a prefix.
  func without(prefix: String) -> SavedState {
    SavedState(
      values: values.filter { !$0.key.hasPrefix(prefix) }, tensors: tensors.filter { !$0.key.hasPrefix(prefix) })
  }
}

extension Layer {
  /// Sets the buffers to the means of some states. The mean of equal numbers is that number.
  ///
  /// - Throws: ``SavedStateError`` if a buffer is missing or has another shape.
  func load(buffers states: [[String: Tensor<Float>]]) throws {
    for (name, buffer) in namedBuffers {
      let values = try states.map { state in
        guard let value = state[name], value.shape == buffer.value.shape else {
          throw SavedStateError(name: name, reason: "missing or of another shape than \(buffer.value.shape)")
        }
        return value.scalars
      }
      buffer.value = Tensor(
        shape: buffer.value.shape,
        scalars: values[0].indices.map { place in
          Float(values.reduce(0) { $0 + Double($1[place]) } / Double(values.count))
        })
    }
  }
}

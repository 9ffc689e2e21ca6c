import Glibc
import NN

/// The stages of a fine-tuning for one model: which of its layers each of them trains.
struct FineTuningPlan {
  private let model: Model
  private let order: LayerOrder
  /// The first unit of the head.
  private let head: Int
  /// The first unit that each stage trains.
  private let firsts: [Int]
  private let tuning: FineTuning

  /// Checks the stages.
  ///
  /// - Throws: ``FineTuningError``.
  init(_ tuning: FineTuning, for model: Model) throws(FineTuningError) {
    try tuning.check()
    (self.model, self.tuning) = (model, tuning)
    let order = LayerOrder(of: model)
    head = try order.headIndex(of: model, from: tuning.headLayer)
    var firsts: [Int] = []
    for stage in tuning.stages {
      let first: Int
      switch stage.part {
      case .head: first = head
      case .from(let layer): first = try order.index(of: layer)
      case .all: first = 0
      }
      guard order.units[first...].contains(where: { !$0.layer.parameters.isEmpty }) else {
        throw .nothingToTrain(stage: stage.name)
      }
      firsts.append(first)
    }
    (self.order, self.firsts) = (order, firsts)
  }

  /// Freezes and unfreezes layers for a stage.
  func apply(stage: Int) {
    model.isTrainable = false
    for unit in order.units[firsts[stage]...] { unit.layer.isTrainable = true }
    guard !tuning.trainsBatchNorm else { return }
    for unit in order.units.prefix(head).dropFirst(firsts[stage]) {
      for case let norm as BatchNorm in unit.layer.layersByPath.map(\.layer) { norm.isTrainable = false }
    }
  }

  /// The factor on the learning rate of each layer before the head that an applied stage trains, by its path.
  func scales(stage: Int) -> [String: Double] {
    let lowest = tuning.stages[stage].lowestScale
    let trained = order.units.prefix(head).dropFirst(firsts[stage]).filter(Self.isTrained)
    guard lowest < 1, !trained.isEmpty else { return [:] }
    let count = Double(trained.count)
    let scales = trained.enumerated().map { ($1.path, pow(lowest, (count - Double($0)) / count)) }
    return Dictionary(scales) { first, _ in first }
  }

  private static func isTrained(_ unit: LayerOrder.Unit) -> Bool {
    unit.layer.parameters.contains(where: \.isTrainable)
  }
}

extension FineTuning {
  /// Throws unless the numbers of all stages are in their ranges.
  func check() throws(FineTuningError) {
    guard !stages.isEmpty else { throw .noStage }
    for stage in stages {
      guard (1...1_000_000).contains(stage.epochs) else { throw .epochs(stage.epochs, stage: stage.name) }
      guard stage.learningRate > 0, stage.learningRate.isFinite else {
        throw .learningRate(stage.learningRate, stage: stage.name)
      }
      guard stage.lowestScale > 0, stage.lowestScale <= 1 else {
        throw .lowestScale(stage.lowestScale, stage: stage.name)
      }
      if case .cosine(let warmUp) = stage.schedule, !(0..<1).contains(warmUp) {
        throw .warmUp(warmUp, stage: stage.name)
      }
    }
  }

  /// Throws unless the numbers of the stages are in their ranges and a model has the layers that they begin with, before a
  /// head is joined to it.
  ///
  /// - Throws: ``FineTuningError``.
  public func check(backbone: Model) throws(FineTuningError) {
    try check()
    let order = LayerOrder(of: backbone)
    for case .from(let layer) in stages.map(\.part) { _ = try order.index(of: layer) }
  }
}

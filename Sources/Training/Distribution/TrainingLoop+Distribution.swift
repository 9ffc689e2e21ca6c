import Data
import Foundation
import NN
import Optim
import Serialization
import Tensor

// What the ranks of a training tell each other besides the steps.

extension TrainingLoop {
  /// What rank 0 has decided, and what it has changed meanwhile.
  private struct Led<Value: Codable>: Codable {
    let value: Value
    /// The new learning rate; `nil` if it is the same.
    let learningRate: LearningRateSchedule?
    /// Which layers and parameters are trained now; `nil` if they are the same.
    let trained: [Bool]?
    /// Whether parameters or buffers are others than before.
    let hasNewWeights: Bool
  }

  /// Runs something that is up to rank 0, such as its callbacks, and brings the result to all ranks. Where it changes the weights,
  /// which of them are trained, or the learning rate, the others follow.
  func lead<Value: Codable>(_ body: () throws -> Value) throws -> Value {
    guard let distribution else { return try body() }
    let led = try distribution.lead {
      let before = step.changes
      let value = try body()
      let after = step.changes
      return Led(
        value: value, learningRate: after.learningRate == before.learningRate ? nil : after.learningRate,
        trained: after.trained == before.trained ? nil : after.trained,
        hasNewWeights: after.versions != before.versions)
    }
    if let rate = led.learningRate { step.optimizer.learningRate = rate }
    if let trained = led.trained { step.trained = trained }
    if led.hasNewWeights {
      let state = try distribution.leadersState { SavedState(values: [:], tensors: step.model.state) }
      if !distribution.isLeader { try step.model.load(state: state.tensors) }
    }
    return led.value
  }

  /// Runs something that is up to rank 0 and has no result.
  func onLeader(_ body: () throws -> Void) throws {
    _ = try lead {
      try body()
      return true
    }
  }

  /// The next batch, or the own part of it. If it cannot be made, or the model has no row for one of its numbers, all ranks throw
  /// at the end of the step.
  func next(of batches: BatchStream) throws -> Batch? {
    guard let exchange = step.exchange else { return try batches.next() }
    do {
      let batch = try batches.next()
      if let batch { try (step.model as? Model)?.checkLookUps(step.objective.wiring.inputs(of: batch)) }
      return batch
    } catch {
      exchange.fail(with: error)
      return Batch(
        inputs: loader.dataset.inputShapes.map { Tensor(zeros: Shape([0] + $0)) },
        targets: exchange.rows.noValues.expected)
    }
  }

  /// Tells the callbacks of a step. What they throw, all ranks throw at the end of the step.
  func announce(_ start: BatchStart) throws {
    func tell() throws { for callback in callbacks { try callback.batchBegan(start) } }
    guard let exchange = step.exchange else { return try tell() }
    do {
      let before = step.changes
      try tell()
      guard step.changes == before else { throw DistributionError.changeBeforeBatch }
    } catch {
      exchange.fail(with: error)
    }
  }

  /// Throws on all ranks unless they train the same model in the same way on the same data, with the same program.
  func requireAgreement(epochs: Int) throws {
    guard let distribution, var own = description else { return }
    own.add("the number of epochs", "\(epochs)")
    own.add("the size of the pieces of gradients", "\(distribution.bucketSize)")
    own.add("the precision of gradients", distribution.gradientPrecision.rawValue)
    own.add("the statistics of batches", distribution.batchStatistics.rawValue)
    own.add("the way of a loss that is not finite", "\(options.nonFiniteLoss)")
    own.add("the program", programChecksum())
    try distribution.requireAgreement(own)
  }

  /// Continues from a checkpoint on rank 0, and gives its state to the others.
  ///
  /// - Parameter resume: returns what the checkpoint held; `nil` for a training that begins.
  func shareState(after resume: () throws -> SavedState?) throws {
    guard let distribution else {
      if let resumed = try resume() { try step.restoreRank(from: resumed, epoch: progress.randomEpoch) }
      return
    }
    let resumed = try distribution.together(resume)
    let state = try distribution.leadersState {
      var state = resumed?.without(prefix: "callback.") ?? SavedState()
      if resumed == nil { try step.save(to: &state) }
      try state.set(progress, for: "progress")
      try state.set(resumed != nil, for: "isResumed")
      return state
    }
    try distribution.together {
      if !distribution.isLeader {
        progress = try state.value(for: "progress")
        let examples = min(saturatingProduct(progress.batch, loader.batchSize), loader.dataset.count)
        try step.restore(from: state, examples: examples)
      }
      if try state.value(for: "isResumed") { try step.restoreRank(from: state, epoch: progress.randomEpoch) }
    }
  }

  /// What a checkpoint keeps of each rank; none for a process alone.
  func statesOfRanks() throws -> [SavedState] {
    guard let distribution else { return [] }
    return try distribution.states { try step.rankState() }
  }

  /// At the end of an epoch, gives all ranks the means of their running statistics, and makes sure that they have the same
  /// weights.
  func shareStatistics() throws {
    guard let distribution else { return }
    if distribution.batchStatistics == .ofEachRank {
      let states = try distribution.states { SavedState(values: [:], tensors: step.buffers) }
      try step.model.load(buffers: states.map(\.tensors))
    }
    let own = step.checksum()
    try distribution.requireAgreement(own) { other, rank in
      "the checksum of the weights after epoch \(progress.epoch + 1) is \(own), on rank \(rank) it is \(other)"
    }
  }
}

/// XXH64 over the file of this program; empty if it cannot be read.
private func programChecksum() -> String {
  guard let file = try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped) else {
    return ""
  }
  return String(file.withUnsafeBytes { xxh64($0) }, radix: 16)
}

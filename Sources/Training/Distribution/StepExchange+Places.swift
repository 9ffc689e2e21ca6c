import Data
import NN
import Tensor

// Losses whose mean is over the places that count, in a step that several ranks share.

extension StepExchange {
  /// What the loss of each output on the own examples is multiplied by, so that the mean over the examples of all ranks
  /// is that over the places that count on all ranks; empty if all places count.
  ///
  /// The own loss is a mean over the c places that count among n examples, and goes into the mean over N examples as
  /// n / N; it belongs there as c / C, with C places of all ranks. The factor is c N / (C n).
  ///
  /// - Parameter count: N.
  func factors(of batch: Batch, of count: Int, _ objective: Objective) throws -> [Float] {
    let losses = objective.outputs.map { output in
      (output.loss as? any PlaceCountingLoss).flatMap { $0.ignoresPlaces ? $0 : nil }
    }
    guard losses.contains(where: { $0 != nil }) else { return [] }
    // Targets that are missing are an error of the forward pass. Until then all ranks exchange as much.
    let targets = batch.count > 0 ? try? objective.wiring.targets(of: batch) : nil
    let own = losses.enumerated().map { output, loss in
      targets.flatMap { loss?.countedPlaces(of: $0[output]) }.map { Double($0) } ?? 0
    }
    let all = try distribution.group.gather(own)
    return own.indices.map { output in
      guard own[output] > 0 else { return 1 }
      let counted = all.reduce(0) { $0 + $1[output] }
      return Float(own[output] * Double(count) / (counted * Double(batch.count)))
    }
  }
}

extension TrainingGroup {
  /// As many numbers of each rank, by rank.
  ///
  /// - Throws: ``SavedStateError`` if a rank has other ones.
  func gather(_ own: [Double]) throws -> [[Double]] {
    let all = try allGather(own.withUnsafeBytes(Array.init)).map { bytes in
      bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    }
    guard let other = all.first(where: { $0.count != own.count }) else { return all }
    throw SavedStateError(name: "statistics", reason: "\(other.count) numbers of one rank, \(own.count) of another")
  }
}

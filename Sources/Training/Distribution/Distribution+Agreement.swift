import Data
import Foundation
import NN
import Serialization

extension Distribution {
  /// Throws on all ranks unless each has the same model: layers, weights, class names, and how photos become inputs.
  ///
  /// `fit`, `evaluate`, `predict` and ``FeatureCache`` compare by themselves what they are given. This is for a program in which
  /// each rank uses the model in its own way. ``share(_:)`` gives rank 0's weights to the others.
  ///
  /// - Throws: ``DistributionError/disagreement(rank:host:other:otherHost:difference:)``.
  public func requireSame(_ model: any Layer) throws {
    try requireAgreement(RunDescription(of: model))
  }

  /// Throws on all ranks unless each has the same model, data and batch size, and the data a known length. Each rank goes through all examples once, of photos
  /// through the bytes of their files.
  func requireSame(_ model: any Layer, on dataset: any Dataset, batchSize: Int) throws {
    try together { try requireLength(of: dataset) }
    try requireAgreement(together { try RunDescription(of: model, on: dataset, batchSize: batchSize) })
  }

  /// Throws for several ranks and a generator without a number of steps: they count each other's batches.
  func requireLength(of dataset: any Dataset) throws(GeneratorError) {
    if size > 1, dataset.count == .max { throw .lengthNeeded("several processes") }
  }

  /// Throws on all ranks unless each does what is described. A single rank describes nothing.
  func requireAgreement(_ own: @autoclosure () throws -> RunDescription) throws {
    guard size > 1 else { return }
    let own = try own()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(own), as: UTF8.self)
    try requireAgreement(text) { other, rank in
      let other = try JSONDecoder().decode(RunDescription.self, from: Data(other.utf8))
      return own.differences(from: other, place: "on rank \(rank)").joined(separator: "; ")
    }
  }

  /// Throws on every rank unless a text is the same on all of them.
  ///
  /// - Parameter describe: says in words how another text differs from the own one.
  func requireAgreement(_ text: String, describe: (_ other: String, _ rank: Int) throws -> String) throws {
    guard size > 1 else { return }
    let texts = try group.allGather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    guard let other = texts.indices.first(where: { ExactText(texts[$0]) != ExactText(text) }) else { return }
    throw DistributionError.disagreement(
      rank: rank, host: hosts[rank], other: other, otherHost: hosts[other],
      difference: try describe(texts[other], other))
  }
}

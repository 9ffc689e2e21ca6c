import Foundation
import Kilim
import Serialization

/// What `divar add-class` needs of a training on a backbone: the examples by the keys of their features, and how the classifier
/// was trained.
struct RunExamples: Codable {
  /// The layer of the model that makes the features.
  let layer: String
  /// The training photos with all their views.
  let train: FeatureList
  let test: FeatureList
  let epochs: Int
  let batchSize: Int
  let learningRate: Double
  let seed: UInt32
  /// The share of the photos of a class that is kept for testing.
  let testShare: Double
  /// Whether classes have weights in the loss, so that small ones count as much as large ones.
  let isWeighted: Bool

  /// Its name in the output folder of the training.
  static let name = "examples.json"

  /// Reads the file.
  ///
  /// - Throws: `FileError` when it cannot be read, ``AddClassError`` when it makes no sense.
  init(contentsOf path: String) throws {
    let bytes = try readFile(path, limit: 1 << 30)
    do {
      self = try JSONDecoder().decode(RunExamples.self, from: Data(bytes))
    } catch {
      throw AddClassError(path: path, problem: "it is no list of examples of divar train --backbone")
    }
    guard (1...1_000_000).contains(epochs), batchSize >= 1, learningRate > 0, learningRate.isFinite, testShare > 0,
      testShare < 1
    else { throw AddClassError(path: path, problem: "an option of the training is out of range") }
  }

  init(
    layer: String, train: FeatureList, test: FeatureList, _ classifier: ClassifierTraining, seed: UInt32,
    testShare: Double
  ) {
    (self.layer, self.train, self.test, self.seed, self.testShare) = (layer, train, test, seed, testShare)
    (epochs, batchSize, learningRate) = (classifier.epochs, classifier.batchSize, classifier.learningRate)
    isWeighted = classifier.classWeights != nil
  }

  /// Writes the file, whole or not at all.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try writeAtomically(Array(try encoder.encode(self)), to: path)
  }
}

/// A training that no class can be added to, or photos that cannot be added.
struct AddClassError: Error, CustomStringConvertible {
  /// The file or folder.
  let path: String
  /// What was found, and what the user can do.
  let problem: String

  /// A sentence for the user.
  var description: String { "\(path): \(problem)" }
}

import Foundation
import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Whole numbers, volumes and images without channels as inputs of Keras's models; see `check_kinds_of_input.py`.
@Suite struct KerasKindsOfInputTests {
  /// One process makes all: starting Keras takes longer than the models.
  @Test func answersAreThoseOfKerasOrAreRefused() throws {
    guard PythonEnvironment.hasKeras("newest") else {
      print("Keras is left out: \(PythonEnvironment.absence)")
      return
    }
    let folder = try TemporaryFolder()
    let script = fixturePath("check_kinds_of_input.py")
    let (succeeded, output) = try PythonEnvironment.run(script, [folder.url.path])
    try #require(succeeded, "\(output)")
    let read = try files(in: folder.path("read"))
    #expect(read.count == 32)
    for file in read {
      do {
        let model = try Model(contentsOf: "\(folder.path("read"))/\(file)")
        try expectAnswers(of: model, file, in: folder.path("read"))
        try expectAnswers(of: Model(keras: kerasBytes(of: model), path: file), file, in: folder.path("read"))
      } catch {
        Issue.record("\(file): \(error)")
      }
    }
    try expectKerasPredictsTheSame(read, in: folder.path("read"))
    let refused = try files(in: folder.path("refused"))
    #expect(refused.count == 17)
    for file in refused {
      let error = #expect(throws: ModelFileError.self, "\(file)") {
        try Model(contentsOf: "\(folder.path("refused"))/\(file)")
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("whole numbers of type") && text.contains("layer \""), "\(file): \(text)")
    }
  }

  private func files(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".keras") }.sorted()
  }

  /// Keras would take the features for other ones.
  @Test func layersThatNeedTheOrderOfFeaturesAreNotWrittenBehindAFlattenedImage() throws {
    let numbers = Tensor<Float>((0..<12).map(Float.init))
    let layers: [any Layer] = [
      GroupNorm(groups: 3), Embedding(4, features: 2), Rescaling(numbers.scalars),
      DataNorm(mean: numbers, variance: numbers + 1),
    ]
    for layer in layers {
      let model = try Sequential(input: [3, 2, 2]) {
        Flatten()
        layer
        Flatten()
        Dense(2)
      }
      let error = #expect(throws: ModelFileError.self, "\(layer)") { try kerasBytes(of: model) }
      #expect(error.map { "\($0)".contains("behind a flattened image") } == true, "\(error as Any)")
    }
  }
}

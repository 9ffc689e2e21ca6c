import Data
import Foundation
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

@testable import Training

/// When a model is saved during a training, and under which names.
@Suite struct ModelCheckpointTests {
  /// The files that a training leaves in which a figure has these values, with three steps in each epoch.
  private func files(
    _ values: [Double], _ pattern: String, when moment: ModelCheckpoint.Moment, metric: String = "given"
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    let checkpoint = ModelCheckpoint(folder.path(pattern), when: moment) { model, path in
      try writeAtomically(Array("\(model.parameterCount)".utf8), to: path)
    }
    try Toy.model().fit(
      Toy.data(24), epochs: values.count, batchSize: 8, loss: .categoricalCrossEntropy,
      metrics: [GivenMetric(name: metric, values: values)], callbacks: [checkpoint], progress: .silent)
    return try folder.entries()
  }

  @Test func filesAreThoseOfKeras() throws {
    let fixture = try CallbackFixture.load().checkpoints
    for example in fixture.cases {
      let options = example.options
      let moment: ModelCheckpoint.Moment =
        options.saveBestOnly == true
        ? .best(of: "given", mode: .min, threshold: options.initialValueThreshold)
        : options.frequency.map { .steps($0) } ?? .epochs(1)
      // `loss` is the loss of the training here, and the given figure there.
      let pattern = example.pattern.replacing("{loss", with: "{given")
      #expect(try files(fixture.values, pattern, when: moment) == example.files, "\(example.pattern)")
    }
  }

  @Test func everySecondEpoch() throws {
    #expect(try files([1, 2, 3, 4, 5], "{epoch}.keras", when: .epochs(2)) == ["2.keras", "4.keras"])
    #expect(
      try files([1, .nan, 3], "{epoch}-{given:.2f}", when: .best(of: "given", mode: .max)) == ["1-1.00", "3-3.00"])
    #expect(try files([.infinity, 3], "{given:08.2f}", when: .epochs(1)) == ["     inf", "00003.00"])
  }

  @Test func wrongPatternsAreErrors() throws {
    for (pattern, reason) in [
      ("{val_loss:.3f}", "there is no value \"val_loss\"; there are epoch, given, loss"),
      ("{batch}", "there is no value \"batch\""), ("{epoch", "there is a { without a }"),
      ("epoch}", "there is a } without a {"), ("{epoch:x}", "the field {epoch:x} is not understood"),
      ("{epoch!r}", "there is no value \"epoch!r\""), ("{}", "the field {} is not understood"),
      ("{loss:d}", "loss is none"), ("{epoch:999d}", "is not understood"), ("{epoch.__class__}", "there is no value"),
    ] {
      let error = #expect(throws: FileNamePatternError.self) { try files([1], pattern, when: .epochs(1)) }
      #expect("\(try #require(error))".contains(reason), "\(pattern): \(String(describing: error))")
    }
    #expect(throws: FitError.self) { try files([1], "a", when: .epochs(0)) }
    #expect(throws: FitError.self) { try files([1], "a", when: .best(of: "val_f1")) }
    #expect(throws: FileError.self) { try files([1], "missing/{epoch}", when: .epochs(1)) }
    #expect(try files([1], "{{{epoch:03d}}}", when: .epochs(1)) == ["{001}"])
  }

  @Test func errorsOfTheWriterEndTheTraining() throws {
    struct Full: Error {}
    let folder = try TemporaryFolder()
    let checkpoint = ModelCheckpoint(folder.path("a")) { _, _ in throw Full() }
    #expect(throws: Full.self) {
      try Toy.model().fit(Toy.data(), loss: .categoricalCrossEntropy, callbacks: [checkpoint], progress: .silent)
    }
  }

  @Test func averagesAreSavedOnRequest() throws {
    var saved: [[Float]] = []
    let folder = try TemporaryFolder()
    let model = try Toy.model()
    let own = ModelCheckpoint(folder.path("a")) { model, _ in saved.append(model.parameters[0].value.scalars) }
    let averaged = ModelCheckpoint(folder.path("b"), savesAverages: true) { model, _ in
      saved.append(model.parameters[0].value.scalars)
    }
    let optimizer = Adam(learningRate: 0.1, average: WeightAverage(momentum: 0.9))
    var averages: [Float] = []
    try model.fit(
      Toy.data(), optimizer: optimizer, loss: .categoricalCrossEntropy,
      callbacks: [
        own, averaged,
        ClosureCallback(epochEnded: { _, _ in
          averages = optimizer.slots(of: model.parameters)[0]["average"]?.scalars ?? []
          #expect(model.parameters[0].value.scalars == saved[0])
          return .proceed
        }),
      ], progress: .silent)
    #expect(saved.count == 2)
    #expect(saved[0] != saved[1])
    #expect(saved[1] == averages)
    #expect(throws: FitError.self) {
      try model.fit(Toy.data(), loss: .categoricalCrossEntropy, callbacks: [averaged], progress: .silent)
    }
  }
}

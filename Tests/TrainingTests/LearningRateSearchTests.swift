import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// The search for a learning rate.
@Suite struct LearningRateSearchTests {
  private struct Case: Decodable {
    let steps: Int
    let rates, losses, smoothed: [Double]
    let suggestion: Double
  }

  @Test func suggestsWhatFastaiSuggests() throws {
    let cases: [Case] = try JSONDecoder().decode(
      [Case].self,
      from: Foundation.Data(contentsOf: Bundle.module.bundleURL.appending(path: "Fixtures/valleys.json")))
    #expect(cases.count == 5)
    for example in cases {
      var search = LearningRateSearch(steps: example.steps)
      for (rate, loss) in zip(example.rates, example.losses) { _ = search.add(rate: rate, loss: loss) }
      #expect(zip(search.smoothedLosses, example.smoothed).allSatisfy { abs($0 - $1) < 1e-12 * abs($1) + 1e-12 })
      #expect(search.suggestion == example.suggestion, "\(example.steps) steps")
    }
  }

  @Test func leavesEverythingAsItWas() throws {
    let data = try Toy.data()
    let model = try Sequential(input: [8], seed: 3) {
      Dense(16, activation: .relu)
      BatchNorm()
      Dropout(0.3)
      Dense(2, activation: .softmax)
    }
    let optimizer = Adam(learningRate: .cosine(from: 0.01, steps: 40))
    try model.fit(
      data, epochs: 2, batchSize: 16, optimizer: optimizer, loss: .categoricalCrossEntropy, progress: .silent)
    let (state, metadata, steps) = (model.state, model.metadata, optimizer.stepCount)
    let slots = optimizer.slots(of: model.parameters)
    let search = try model.findLearningRate(
      data, from: 1e-5, to: 1e3, steps: 60, batchSize: 16, optimizer: optimizer, loss: .categoricalCrossEntropy)
    #expect(model.state == state && model.metadata == metadata && optimizer.stepCount == steps)
    #expect(optimizer.slots(of: model.parameters) == slots)
    #expect(optimizer.learningRate == .cosine(from: 0.01, steps: 40))
    #expect(search.rates[0] == 1e-5 && search.rates.count == search.smoothedLosses.count)
    for (step, rate) in search.rates.enumerated() {
      #expect(abs(rate / (1e-5 * pow(1e8, Double(step) / 60)) - 1) < 1e-12)
    }
    let suggestion = try #require(search.suggestion)
    #expect(suggestion > 1e-5 && suggestion < 1e3)
    // The same seed gives the same search, on any number of threads.
    let again = try withThreads(1) {
      try model.findLearningRate(
        data, from: 1e-5, to: 1e3, steps: 60, batchSize: 16, optimizer: Adam(), loss: .categoricalCrossEntropy)
    }
    #expect(again == search)
    #expect(throws: UpdateOptionsError.self) {
      try model.findLearningRate(data, optimizer: Adam(scales: ["none": 1]), loss: .categoricalCrossEntropy)
    }
    #expect(model.state == state)
  }

  @Test func endsWhenTheLossDiverges() throws {
    let model = try Toy.model()
    let search = try model.findLearningRate(
      Toy.data(), from: 1e-3, to: 1e8, steps: 200, batchSize: 8, optimizer: SGD(), loss: .categoricalCrossEntropy)
    #expect(search.hasDiverged && search.rates.count < 200)
    let short = try model.findLearningRate(Toy.data(), steps: 5, loss: .categoricalCrossEntropy)
    #expect(short.suggestion == nil && short.rates.count == 5 && !short.hasDiverged)
  }

  @Test func wrongNumbersAreRefused() throws {
    let model = try Toy.model()
    for (lowest, highest) in [(0.0, 1.0), (1, 1), (.nan, 1), (1, .infinity)] {
      #expect(throws: LearningRateSearchError.self) {
        try model.findLearningRate(Toy.data(), from: lowest, to: highest, loss: .categoricalCrossEntropy)
      }
    }
    #expect(throws: LearningRateSearchError.self) {
      try model.findLearningRate(Toy.data(), steps: 0, loss: .categoricalCrossEntropy)
    }
    #expect(throws: FitError.self) {
      try model.findLearningRate(
        TensorDataset(inputs: Tensor(zeros: [4, 3]), targets: Tensor(zeros: [4, 2])), loss: .categoricalCrossEntropy)
    }
  }

  /// A model with several inputs and outputs has one rate for the sum of its losses.
  @Test func severalOutputsHaveOneRate() throws {
    let losses: PerOutput<any Loss> = ["kind": .categoricalCrossEntropy, "price": .meanSquaredError]
    let model = try TwoOutputs.model()
    let state = model.state
    func search(_ data: TensorDataset, _ weights: PerOutput<Float>?) throws -> LearningRateSearch {
      try model.findLearningRate(
        data, from: 1e-5, to: 1, steps: 30, batchSize: 16, losses: losses, lossWeights: weights)
    }
    let found = try search(TwoOutputs.data(0..<52), nil)
    #expect(found.rates.count == 30 && found.smoothedLosses.allSatisfy(\.isFinite) && model.state == state)
    #expect(try search(TwoOutputs.named(0..<52), nil).smoothedLosses == found.smoothedLosses)
    #expect(try search(TwoOutputs.data(0..<52), ["price": 0]).smoothedLosses[0] < found.smoothedLosses[0])
    #expect(throws: FitError.self) { try search(TwoOutputs.data(0..<52), ["prize": 0]) }
  }
}

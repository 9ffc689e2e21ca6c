import Foundation
import Kilim

/// What a graph costs beside its arithmetic: frozen layers, and many layers.
final class GraphBenchmarks: Benchmark {
  /// A residual network without its last layer, frozen, and a new classifier of ten classes behind it.
  private func onFrozenTrunk(depth: Model.ResNetDepth) throws -> Model {
    let image = Input([3, 128, 128])
    let trunk = try Model.resNet(depth, inputShape: [3, 128, 128], classes: 10).withoutClassifier()
    trunk.isTrainable = false
    return try Model(input: image, output: Dense(10, activation: .softmax)(trunk(image)))
  }

  /// A step that trains the classifier alone.
  private func step(_ model: Model, _ inputs: Tensor<Float>) -> () -> Void {
    let (optimizer, loss, parameters) = (Adam(), CategoricalCrossEntropy(), model.parameters)
    let targets = Tensor<Float>(oneHot: Tensor((0..<inputs.shape[0]).map { Float($0 % 10) }), classCount: 10)
    return {
      let value = loss(model(Variable(inputs), Context(.training)), targets)
      optimizer.update(parameters, with: value.gradients())
    }
  }

  /// A training step on 50 frozen layers against inference with the same network: in turn, the best of each.
  func testStepOnFrozenTrunkAgainstInference() throws {
    let inputs = random([16, 3, 128, 128])
    let classifier = try onFrozenTrunk(depth: .layers50)
    let works: [() -> Void] = [{ _ = classifier(inputs) }, step(classifier, inputs)]
    var best = [Duration.seconds(1000), .seconds(1000)]
    for work in works { work() }
    for _ in 0..<12 {
      for (index, work) in works.enumerated() { best[index] = min(best[index], ContinuousClock().measure(work)) }
    }
    print("note a step on a frozen ResNet-50 takes \(ratio(best[1], best[0])) times as long as inference")
  }

  /// The memory of a step on frozen layers, for networks of 50 and 152 layers: what a step needs above its weights.
  func testMemoryOfStepOnFrozenTrunk() throws {
    let inputs = random([16, 3, 128, 128])
    for depth in [Model.ResNetDepth.layers50, .layers152] {
      let classifier = try onFrozenTrunk(depth: depth)
      // Inference first: it prepares the filters, which are kept.
      _ = classifier(inputs)
      let work = step(classifier, inputs)
      let before = try resetPeak()
      work()
      let megabytes = (try peak() - before) / 1_000_000
      print("note a step on a frozen ResNet-\(depth.rawValue) takes \(megabytes) MB more than what it begins with")
    }
  }

  /// Makes a network of 1,000 layers with skip connections, and its summary.
  func testBuildAndSummarizeThousandLayers() throws {
    try benchmark(1000, "layers") {
      let input = Input([8])
      var x = input
      for _ in 0..<500 { x = Dense(8, activation: .relu)(x) + x }
      _ = try Model(input: input, output: x).summary()
    }
  }

  private func ratio(_ first: Duration, _ second: Duration) -> Double { (first / second * 100).rounded() / 100 }

  /// The bytes that the process holds now; its peak is counted anew from here.
  private func resetPeak() throws -> Int {
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    return try status("VmRSS")
  }

  /// The most bytes that the process has held since ``resetPeak()``.
  private func peak() throws -> Int { try status("VmHWM") }

  private func status(_ field: String) throws -> Int {
    let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
    let line = lines.first { $0.hasPrefix(field) } ?? ""
    return 1024 * (line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first ?? 0)
  }
}

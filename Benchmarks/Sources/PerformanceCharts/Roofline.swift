import Foundation
import Kilim
import Limits

/// How near the networks come to what the machine can do: a table of Docs/performance.md.
struct Roofline {
  private enum Work: String {
    case training, inference
  }

  /// Networks with the image side and the batch of a training step.
  private static let networks = [
    ("ResNet50", 128, 16), ("EfficientNetB0", 128, 16), ("MobileNetV2", 128, 32), ("VGG16", 64, 32),
    ("DenseNet121", 64, 16), ("ConvNeXtTiny", 64, 8),
  ]

  /// Measures, and writes the table between the marks of the page.
  static func write(to page: String) throws {
    var lines = [
      "| network and work | here, ms | at the peak of arithmetic, ms | at the speed of memory, ms | share of the larger |",
      "|---|---|---|---|---|",
    ]
    for (name, side, batch) in networks {
      for (work, side, batch) in [(Work.training, side, batch), (.inference, 224, 32), (.inference, 224, 1)] {
        lines.append(try row(name, work, side: side, batch: batch))
        print(lines[lines.count - 1])
      }
    }
    let text = try String(contentsOfFile: page, encoding: .utf8)
    let marks = ("<!-- roofline -->\n", "<!-- end of roofline -->")
    guard let begin = text.range(of: marks.0), let end = text.range(of: marks.1) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    let table = lines.joined(separator: "\n") + "\n"
    try (text[..<begin.upperBound] + table + text[end.lowerBound...])
      .write(toFile: page, atomically: true, encoding: .utf8)
  }

  private static func row(_ name: String, _ work: Work, side: Int, batch: Int) throws -> String {
    let model = try NamedNetwork(name).model(inputShape: [3, side, side])
    let step = work == .training ? trainingStep(model, side, batch) : inference(model, side, batch)
    step()
    step()
    // The limits are measured beside the network, because the speed of a shared machine drifts.
    let peak = Limits.gigaflops()
    let seconds = Limits.bestTime(of: 5, step)
    let (arithmetic, memory) = (
      operations(model, work, batch) / max(peak, Limits.gigaflops()) / 1e9,
      bytes(model, work, batch) / Limits.gigabytes() / 1e9
    )
    func milliseconds(_ seconds: Double) -> String { String(format: "%.1f", seconds * 1e3) }
    let share = Int((100 * max(arithmetic, memory) / seconds).rounded())
    return "| \(name), \(side)×\(side), \(work.rawValue), batch \(batch) | \(milliseconds(seconds)) | "
      + "\(milliseconds(arithmetic)) | \(milliseconds(memory)) | \(share) % |"
  }

  /// Two for each multiply-add of the definition. The backward pass has two products for each one of the forward pass.
  private static func operations(_ model: Model, _ work: Work, _ batch: Int) -> Double {
    2 * Double(model.multiplyAdds * batch) * (work == .training ? 3 : 1)
  }

  /// The least that moves: the results of convolutions and dense layers are written once and read once, and so are their
  /// gradients, which need the results once more. All between them could happen on the way. Weights are read once;
  /// training reads and writes them, their gradients and the two means of Adam.
  private static func bytes(_ model: Model, _ work: Work, _ batch: Int) -> Double {
    let results = zip(model.layers, model.layerOutputShapes).reduce(0) { sum, pair in
      let isProduct = pair.0.multiplyAdds(inputShapes: [pair.1], outputShapes: [pair.1]) > 0
      return sum + (isProduct ? pair.1.elementCount : 0)
    }
    let weights = model.parameters.reduce(0) { $0 + $1.value.count }
    return 4 * (Double(results * batch) * (work == .training ? 5 : 2) + Double(weights) * (work == .training ? 9 : 1))
  }

  private static func images(_ side: Int, _ batch: Int) -> Tensor<Float> {
    var generator = RandomGenerator(seed: 1)
    return Tensor(uniform: [batch, 3, side, side], using: &generator)
  }

  private static func inference(_ model: Model, _ side: Int, _ batch: Int) -> () -> Void {
    let images = images(side, batch)
    return { _ = model(images).scalars }
  }

  private static func trainingStep(_ model: Model, _ side: Int, _ batch: Int) -> () -> Void {
    let images = images(side, batch)
    let targets = Tensor<Float>(oneHot: Tensor((0..<batch).map { Float($0) }), classCount: 1000)
    let (optimizer, context, loss) = (Adam(), Context(.training, seed: 2), CategoricalCrossEntropy())
    let parameters = model.parameters
    return {
      let value = loss(model(Variable(images), context), targets)
      optimizer.update(parameters, with: value.gradients())
      _ = value.value.scalar
    }
  }
}

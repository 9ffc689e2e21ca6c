import Foundation

/// What was found for a network: a row of the table in `Docs/Networks.md`.
struct NetworkReport {
  let network: KerasNetwork
  let parameters: Int
  let multiplyAdds: Int
  /// How much the step changes in Keras when each number of the input is rounded once.
  let sensitivity: Float
  /// Whether Kilim counts as many parameters and multiply-adds as Keras.
  var hasSameCounts = false
  /// Whether the file that Kilim wrote predicts the same bits when Kilim reads it again.
  var isSameWhenReadAgain = false
  /// The largest differences of probabilities from Keras's, relative to the largest one.
  var prediction = Float.infinity
  var inKeras = Float.infinity
  var inONNX = Float.infinity
  /// The same with weights loaded from the files of each kind.
  var afterLoading: [String: Float] = [:]
  /// The relative difference of the loss of a step of training.
  var loss = Float.infinity
  var step: StepDifference?
  var opening: OpeningCost?
  /// What could not be done.
  var errors: [String] = []

  init(network: KerasNetwork, parameters: Int, multiplyAdds: Int, sensitivity: Float) {
    (self.network, self.parameters, self.multiplyAdds) = (network, parameters, multiplyAdds)
    self.sensitivity = sensitivity
  }

  /// Probabilities may differ by so much, relative to the largest.
  static let probabilityBound: Float = 1e-5
  /// The logarithm of a probability that differs by 1e-5.
  static let lossBound: Float = 1e-5
  /// Both programs round the result of each layer, and every rounding changes the step as one of the input does: the changes of
  /// some hundred layers add up like the steps of a random walk. Below that, sums of some thousand products are rounded.
  private var stepBound: Float { 1e-4 + 20 * sensitivity }

  /// Opening may take so many times the memory of the weights, and 64 MB for what describes a network.
  static let memoryBound = 1.3

  /// The memory that opening takes, relative to that of the weights.
  private var relativeMemory: Double {
    Double(max((opening?.memory ?? .max) - 64 << 20, 0)) / Double(4 * parameters)
  }

  /// What is not within its bound.
  var failures: [String] {
    var failures = errors
    func require(_ what: String, _ value: Float, _ bound: Float) {
      if !(value <= bound) { failures.append("\(what) differs by \(value)") }
    }
    if !hasSameCounts { failures.append("parameters or multiply-adds differ from Keras's") }
    if !isSameWhenReadAgain { failures.append("the written file predicts something else") }
    require("the prediction", prediction, Self.probabilityBound)
    require("the prediction of the written file in Keras", inKeras, Self.probabilityBound)
    require("the prediction in onnxruntime", inONNX, Self.probabilityBound)
    for (kind, value) in afterLoading.sorted(by: { $0.key < $1.key }) {
      require("the prediction with the weights of the \(kind) file", value, Self.probabilityBound)
    }
    require("the loss", loss, Self.lossBound)
    if relativeMemory > Self.memoryBound {
      failures.append("opening takes \(opening?.memory ?? 0) bytes for \(parameters) parameters")
    }
    require("the step (most: \(step?.worst.name ?? ""))", step?.norm ?? .infinity, stepBound)
    return failures
  }

  /// The row of the table.
  var row: String {
    let cells = [
      network.name, "\(network.side)×\(network.side)", grouped(parameters), grouped(multiplyAdds),
      hasSameCounts ? "yes" : "**no**", String(format: "%.2f", opening?.seconds ?? 0),
      text(prediction, Self.probabilityBound),
      text(inKeras, Self.probabilityBound), text(afterLoading["weights"] ?? .infinity, Self.probabilityBound),
      text(afterLoading["legacy"] ?? .infinity, Self.probabilityBound), text(loss, Self.lossBound),
      text(step?.norm ?? .infinity, stepBound), String(format: "%.1e", sensitivity),
      text(inONNX, Self.probabilityBound),
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }

  private func text(_ value: Float, _ bound: Float) -> String {
    let text = String(format: "%.1e", value)
    return value <= bound ? text : "**\(text)**"
  }

  private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.map { ($0 > 0 && (digits.count - $0) % 3 == 0 ? "," : "") + String(digits[$0]) }.joined()
  }
}

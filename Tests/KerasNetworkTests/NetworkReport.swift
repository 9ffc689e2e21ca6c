import Foundation

/// What was found for a network: a row of the table in `Docs/Networks.md`.
struct NetworkReport {
  /// How far Keras is from Keras in float64 when it computes in float32.
  struct Rounding: Decodable {
    let prediction: Float
    /// A prediction after the step of training.
    let trained: Float
    let loss: Float
    let step: Float
  }

  let network: KerasNetwork
  let parameters: Int
  let multiplyAdds: Int
  let rounding: Rounding
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

  init(network: KerasNetwork, parameters: Int, multiplyAdds: Int, rounding: Rounding) {
    (self.network, self.parameters, self.multiplyAdds) = (network, parameters, multiplyAdds)
    self.rounding = rounding
  }

  /// Probabilities may differ by so much, relative to the largest. A network that takes more than a quarter of it for the
  /// rounding of Keras itself is measured by that.
  private static let probabilityBound: Float = 1e-5
  /// How much larger the errors of Kilim may be than those of Keras in float32. Winograd's convolutions round more than sums of
  /// products do. The corners of activations are as many times farther away than Keras's errors (`corners.py`): up to here, no
  /// number changes sides, and the step differs by no more than its rounding.
  private static let roundingFactor: Float = 16

  private func predictionBound(_ rounding: Float) -> Float {
    rounding <= Self.probabilityBound / 4 ? Self.probabilityBound : Self.roundingFactor * rounding
  }

  /// The error of Keras's one number may be near 0 by chance: probabilities that differ by 1e-5 have such logarithms.
  private var lossBound: Float { max(Self.probabilityBound, Self.roundingFactor * rounding.loss) }
  private var stepBound: Float { Self.roundingFactor * rounding.step }

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
    let bound = predictionBound(rounding.prediction)
    require("the prediction", prediction, bound)
    require("the prediction of the written file in Keras", inKeras, bound)
    require("the prediction in onnxruntime", inONNX, bound)
    for (kind, value) in afterLoading.sorted(by: { $0.key < $1.key }) {
      require("the prediction with the weights of the \(kind) file", value, predictionBound(rounding.trained))
    }
    require("the loss", loss, lossBound)
    if relativeMemory > Self.memoryBound {
      failures.append("opening takes \(opening?.memory ?? 0) bytes for \(parameters) parameters")
    }
    require("the step (most: \(step?.worst.name ?? ""))", step?.norm ?? .infinity, stepBound)
    return failures
  }

  /// The row of the table.
  var row: String {
    let (bound, trainedBound) = (predictionBound(rounding.prediction), predictionBound(rounding.trained))
    let cells = [
      network.name, "\(network.side)×\(network.side)", grouped(parameters), grouped(multiplyAdds),
      hasSameCounts ? "yes" : "**no**", String(format: "%.2f", opening?.seconds ?? 0),
      text(prediction, bound), text(rounding.prediction), text(inKeras, bound),
      text(afterLoading["weights"] ?? .infinity, trainedBound), text(afterLoading["legacy"] ?? .infinity, trainedBound),
      text(loss, lossBound), text(rounding.loss), text(step?.norm ?? .infinity, stepBound), text(rounding.step),
      text(inONNX, bound),
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }

  private func text(_ value: Float, _ bound: Float = .infinity) -> String {
    let text = String(format: "%.1e", value)
    return value <= bound ? text : "**\(text)**"
  }

  private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.map { ($0 > 0 && (digits.count - $0) % 3 == 0 ? "," : "") + String(digits[$0]) }.joined()
  }
}

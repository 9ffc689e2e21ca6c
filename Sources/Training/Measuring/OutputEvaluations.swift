import NN
import Serialization
import Tensor

/// The results of a model with several outputs on a data set.
public struct OutputEvaluations: Sendable, CustomStringConvertible {
  /// The weighted sum of the losses, and the loss and the metrics of each output: `loss`, `kind_loss`, `kind_accuracy`.
  public let figures: Figures
  /// The names of the outputs.
  public let names: [String]
  /// The results of each output, with its own figures: `loss`, `accuracy`.
  public let outputs: [Evaluation]

  /// The results of an output; `nil` if there is none with this name.
  public subscript(name: String) -> Evaluation? { names.firstIndex(of: name).map { outputs[$0] } }

  /// The results of the only output.
  var whole: Evaluation { outputs[0] }

  /// A line with the number of examples and the figures; a further line for each output that is not finite.
  public var description: String {
    let count = outputs.first?.predicted.shape.first ?? 0
    let values = figures.sorted.map { ", \($0.name.withoutControls) \(decimal($0.value, digits: 4))" }
    let warnings = zip(names, outputs).compactMap { name, output in output.warning.map { "\n\(name): \($0)" } }
    return counted(count, "example") + values.joined() + warnings.joined()
  }
}

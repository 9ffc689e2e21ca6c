/// Why a model cannot be fine-tuned in these stages.
public enum FineTuningError: Error, Hashable, CustomStringConvertible {
  /// There is no stage.
  case noStage
  /// A stage has fewer than 1 epoch, or too many to count.
  case epochs(Int, stage: String)
  /// A learning rate is not a finite number above 0.
  case learningRate(Double, stage: String)
  /// The factor on the learning rate of the first layer is not above 0 and at most 1.
  case lowestScale(Double, stage: String)
  /// The share of the steps in which the rate rises is not in 0..<1.
  case warmUp(Double, stage: String)
  /// The model has no layer of this name; the second are the names most like it.
  case noLayer(String, similar: [String])
  /// Several models inside have a layer of this name.
  case severalLayers(String, paths: [String])
  /// It is not known where the head begins.
  case noHead(reason: String)
  /// The head, or what a stage trains, has no parameters.
  case nothingToTrain(stage: String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .noStage: "fine-tuning has no stage; at least 1 is needed"
    case .epochs(let epochs, let stage):
      "fine-tuning: the stage \"\(stage)\" has \(epochs) epochs; 1 to 1000000 are needed"
    case .learningRate(let rate, let stage):
      "fine-tuning: the learning rate of the stage \"\(stage)\" is \(rate); a finite number above 0 is needed"
    case .lowestScale(let scale, let stage):
      "fine-tuning: the lowest scale of the stage \"\(stage)\" is \(scale); a number above 0 and at most 1 is needed"
    case .warmUp(let share, let stage):
      "fine-tuning: the warm-up of the stage \"\(stage)\" is \(share); a share of its steps from 0 to below 1 is needed"
    case .noLayer(let name, let similar):
      "fine-tuning: the model has no layer \"\(name)\", and none whose name begins with it"
        + (similar.isEmpty ? "" : "; similar names are " + similar.joined(separator: ", "))
    case .severalLayers(let name, let paths):
      "fine-tuning: several layers are called \"\(name)\": " + paths.prefix(5).joined(separator: ", ")
        + (paths.count > 5 ? " and \(paths.count - 5) more" : "") + "; give the path of one of them"
    case .noHead(let reason):
      "fine-tuning: it is not known where the head begins (\(reason)); headLayer names its first layer"
    case .nothingToTrain(let stage): "fine-tuning: what the stage \"\(stage)\" trains has no parameters"
    }
  }
}

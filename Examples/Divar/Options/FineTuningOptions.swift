import ArgumentParser
import Kilim

/// `--fine-tune`: the stages in which a backbone is trained after its classifier.
struct FineTuningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "After the classifier, train the backbone on the photos in stages: layer:epochs@rate, and more of them after commas. "
        + "The layer is the first one that is trained, the beginning of its name, or \"all\". The rate rises over the first "
        + "tenth of a stage and then falls to 0. For example block6:5@1e-4,all:3@1e-5.",
      valueName: "stages"), transform: fineTuningStages)
  var fineTune: FineTuning?

  /// The stages as they are written behind the option; `nil` without them.
  var text: String? {
    fineTune?.stages.map { stage in
      let layer =
        switch stage.part {
        case .head: "head"
        case .from(let name): name
        case .all: "all"
        }
      return "\(layer):\(stage.epochs)@\(stage.learningRate)"
    }.joined(separator: ",")
  }
}

/// Reads stages of fine-tuning: `block6:5@1e-4,all:3@1e-5`.
@Sendable func fineTuningStages(_ text: String) throws -> FineTuning {
  FineTuning(
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      // The name of a layer may hold other characters, but the numbers stand last.
      let (stage, rate) = try split(part, at: "@")
      let (layer, epochs) = try split(stage, at: ":")
      guard let epochs = Int(epochs), (1...1_000_000).contains(epochs), let rate = Double(rate), isPositive(rate)
      else { throw stageError(part) }
      return FineTuning.Stage(
        layer == "all" ? .all : .from(String(layer)), epochs: epochs, learningRate: rate,
        schedule: .cosine(warmUp: 0.1))
    })
}

/// The parts of a stage before and behind the last of some characters.
private func split(_ text: Substring, at mark: Character) throws -> (Substring, Substring) {
  guard let place = text.lastIndex(of: mark), place > text.startIndex else { throw stageError(text) }
  return (text[..<place], text[text.index(after: place)...])
}

private func stageError(_ found: Substring) -> OptionValueError {
  OptionValueError(
    expected: "stages such as block6:5@1e-4,all:3@1e-5 (layer, number of epochs, learning rate), found \"\(found)\"")
}

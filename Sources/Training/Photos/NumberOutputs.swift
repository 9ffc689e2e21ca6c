import Data
import NN
import Tensor

/// Reads the outputs of a model that predicts numbers.
struct NumberOutputs: Sendable {
  private let names: [String]
  private let meaning: TargetMeaning

  /// `nil` if the model predicts something else.
  init?(_ model: Model) {
    guard let meaning = model.targetMeaning, case .numbers(let names, _) = meaning else { return nil }
    (self.names, self.meaning) = (names, meaning)
  }

  /// The numbers of one photo in their own units: the means over its views, which are the given rows of the outputs.
  func answer(rows: [Int], of outputs: Tensor<Float>) throws(ClassifyError) -> [Estimate] {
    let values = Optional(meaning).inOwnUnits(outputs.gathering(rows)).mean([0]).scalars
    if let wrong = values.first(where: { !$0.isFinite }) { throw .notFinite(wrong) }
    guard values.count == names.count else { throw .numbers(names: names.count, outputs: values.count) }
    return zip(names, values).map(Estimate.init)
  }
}

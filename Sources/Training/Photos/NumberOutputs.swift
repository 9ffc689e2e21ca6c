import Data
import NN
import Tensor

/// Reads the outputs of a model that predicts numbers.
struct NumberOutputs: Sendable {
  private let names: [String]
  private let meaning: TargetMeaning

  /// `nil` if the model predicts something else.
  ///
  /// - Throws: ``ClassifyError`` if the model does not have an output for each name, or what it stores about them is damaged.
  init?(_ model: Model) throws(ClassifyError) {
    let meaning: TargetMeaning?
    do throws(DamagedTargets) { meaning = try model.checkedTargetMeaning() } catch { throw .targets(error) }
    guard let meaning, case .numbers(let names, _) = meaning else { return nil }
    let count = model.outputShape?.elementCount ?? names.count
    guard count == names.count else { throw .numbers(names: names.count, outputs: count) }
    (self.names, self.meaning) = (names, meaning)
  }

  /// The numbers of one photo in their own units: the means over its views, which are the given rows of the outputs.
  func answer(rows: [Int], of outputs: Tensor<Float>) throws(ClassifyError) -> [Estimate] {
    let own: Tensor<Float>
    do throws(TargetError) {
      own = try Optional(meaning).inOwnUnits(outputs.gathering(rows))
    } catch {
      throw .numbers(names: names.count, outputs: outputs.shape.last ?? 0)
    }
    let values = own.mean([0]).scalars
    if let wrong = values.first(where: { !$0.isFinite }) { throw .notFinite(wrong) }
    guard values.count == names.count else { throw .numbers(names: names.count, outputs: values.count) }
    return zip(names, values).map(Estimate.init)
  }
}

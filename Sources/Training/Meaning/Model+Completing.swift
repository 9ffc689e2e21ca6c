import Data
import NN
import Serialization

extension Model {
  /// Takes from another model what this one does not say about photos and answers: the names of the classes, what the outputs stand
  /// for, the preprocessing and the known network. What it says itself stays, and so do its weights and its training.
  ///
  /// What the outputs mean is taken only if both models end in probabilities, or neither: a softmax or a sigmoid may have been added
  /// or taken away.
  ///
  /// - Parameters:
  ///   - other: the other model.
  ///   - owner: what an error calls this model.
  ///   - otherOwner: what an error calls the other one.
  /// - Throws: ``FitError`` that names both sides if they say different things, before anything is taken; ``DamagedTargets``.
  package func complete(from other: Model, owner: String, otherOwner: String) throws {
    let (own, wanted) = (try statedTargets(), try other.statedTargets())
    if !classes.isEmpty, !other.classes.isEmpty, !classes.equalsExactly(other.classes) {
      throw FitError.otherClasses(
        DifferentClasses(
          first: owner, firstClasses: classes, second: otherOwner, secondClasses: other.classes))
    }
    if let own, let wanted, own != wanted {
      throw FitError.otherTargets(
        DifferentTargets(first: owner, firstTargets: own, second: otherOwner, secondTargets: wanted))
    }
    if let found = preprocessing, let expected = other.preprocessing, found != expected {
      throw FitError.otherPreprocessing(
        DifferentPreprocessing(
          first: owner, firstPreprocessing: found, second: otherOwner, secondPreprocessing: expected))
    }
    if classes.isEmpty { classes = other.classes }
    preprocessing = preprocessing ?? other.preprocessing
    targetMeaning = targetMeaning ?? other.targetMeaning
    knownNetwork = knownNetwork ?? other.knownNetwork
    if outputMeaning == nil, endsInProbabilities == other.endsInProbabilities { outputMeaning = other.outputMeaning }
  }

  /// What the model says that its outputs stand for. Class names alone mean one class for each example.
  private func statedTargets() throws -> TargetMeaning? {
    try checkedTargetMeaning() ?? (classes.isEmpty ? nil : .oneClass(names: classes))
  }
}

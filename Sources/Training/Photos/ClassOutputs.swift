import Autograd
import NN
import Tensor

/// Reads the outputs of a model that tells classes.
struct ClassOutputs: Sendable {
  /// The model with what its rule for unknown photos looks at as a first output.
  let network: Model
  private let classes: [String]
  private let meaning: OutputMeaning?
  private let confidence: Confidence?

  /// - Throws: ``ClassifyError/confidence(_:)`` if the ``Confidence`` of the model does not fit it.
  init(_ model: Model) throws(ClassifyError) {
    (classes, meaning) = (model.classes, model.outputMeaning)
    do throws(ConfidenceError) {
      confidence = try model.checkedConfidence()
      guard let rejection = confidence?.rejection else {
        network = model
        return
      }
      network = try model.showing(rejection)
    } catch {
      throw .confidence(error)
    }
  }

  /// Whether the model can tell photos of none of its classes.
  var rejectsPhotos: Bool { confidence?.rejection != nil }

  /// The classes of one photo, whose views are the given rows of the outputs.
  func answer(rows: [Int], of outputs: [Variable<Float>]) throws(ClassifyError) -> ClassifiedPhoto {
    guard let last = outputs.last else { throw .noProbabilities }
    if meaning?.isLogits == true, last.isProbabilities { throw .probabilitiesForLogits }
    var sums: [Float] = []
    for row in rows {
      let ofView = try probabilities(of: last.value.select(row).scalars)
      sums = sums.isEmpty ? ofView : zip(sums, ofView).map { $0 + $1 }
    }
    let sorted = zip(classes, sums.map { $0 / Float(rows.count) }).map(Classification.init)
      .sorted { $0.probability > $1.probability }
    return ClassifiedPhoto(classes: sorted, isUnknown: try isUnknown(outputs[0].value, rows))
  }

  /// The probabilities of the classes, from the outputs for one view.
  private func probabilities(of output: [Float]) throws(ClassifyError) -> [Float] {
    if let wrong = output.first(where: { !$0.isFinite }) { throw .notFinite(wrong) }
    let row = Tensor(shape: [1, output.count], scalars: output)
    guard let shares = (meaning ?? .probabilities).probabilities(of: row)?.scalars else { throw .noProbabilities }
    // The probabilities of a softmax sum to 1 only up to rounding, so one may be a little above 1.
    if let wrong = shares.first(where: { $0 < -1e-5 || $0 > 1 + 1e-5 }) { throw .outOfRange(wrong) }
    let count = classes.count
    var probabilities = shares.map { min(max($0, 0), 1) }
    if count == 2, let second = probabilities.first, probabilities.count == 1 { probabilities = [1 - second, second] }
    guard count == probabilities.count else { throw .classes(names: count, outputs: probabilities.count) }
    return confidence?.corrected(probabilities, logits: meaning == .logits ? output : nil) ?? probabilities
  }

  /// Whether the mean score of the views is below the threshold.
  private func isUnknown(_ features: Tensor<Float>, _ rows: [Int]) throws(ClassifyError) -> Bool {
    guard let rejection = confidence?.rejection else { return false }
    let scores = rejection.scores(of: features.gathering(rows))
    let score = scores.reduce(0, +) / Float(scores.count)
    guard score.isFinite else { throw .notFinite(score) }
    return score < rejection.threshold
  }
}

extension Confidence {
  /// Probabilities of a photo's classes with the temperature applied.
  ///
  /// - Parameter logits: the logits that the probabilities come from, which are more exact, if they are known.
  fileprivate func corrected(_ probabilities: [Float], logits: [Float]?) -> [Float] {
    if temperature == 1 { return probabilities }
    let logits = logits.map { Tensor($0) } ?? Tensor(probabilities.map { max($0, .leastNormalMagnitude) }).log()
    return (logits * Float(1 / temperature)).softmax().scalars
  }
}

extension Model {
  /// The model with the features that a rule looks at as its first output.
  ///
  /// - Throws: ``ConfidenceError`` if the rule was learned from features that the model does not make.
  package func showing(_ rejection: Rejection) throws(ConfidenceError) -> Model {
    let (network, backbone): (Model, Model)
    do {
      let features = try rejection.layer.map { try value(of: $0) } ?? inputs[0]
      network = try Model(inputs: inputs, outputs: [features] + outputs)
      backbone = try Model(inputs: inputs, outputs: [features])
    } catch {
      throw .damaged("\(error)")
    }
    let found = network.outputShape?.elementCount ?? 0
    guard found == rejection.featureCount else {
      throw .damaged("it looks at \(counted(rejection.featureCount, "feature")), and the model makes \(found)")
    }
    if let layer = rejection.layer, let expected = rejection.backboneValues, backbone.checksumOfValues != expected {
      throw .otherBackbone(layer: layer)
    }
    return network
  }
}

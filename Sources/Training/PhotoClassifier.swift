import Autograd
import Data
import NN
import Tensor

/// Classifies photos with a model, and prepares once what each photo needs.
///
/// ```swift
/// let classifier = try PhotoClassifier(model)
/// for path in test.paths {
///   let answer = try classifier.classify(contentsOfFile: path)
///   print(answer.isUnknown ? "none of these" : answer[0].name, answer[0].probability)
/// }
/// ```
public struct PhotoClassifier: Sendable {
  /// The model.
  public let model: Model
  /// The model with what its rule for unknown photos looks at as a first output.
  private let network: Model
  private let preprocessing: Preprocessing
  private let confidence: Confidence?
  private let views: TestViews

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - views: the views of each photo whose probabilities are averaged; the photo alone by default.
  /// - Throws: ``ClassifyError`` if the model has no preprocessing, or its ``Confidence`` does not fit it; ``FitError`` if it has
  ///   several inputs or outputs.
  public init(_ model: Model, views: TestViews = .single) throws {
    guard let preprocessing = model.preprocessing else { throw ClassifyError.noPreprocessing }
    (self.model, self.preprocessing, self.views) = (model, preprocessing, views)
    try model.check(inputShape: preprocessing.inputShape, count: 1)
    do throws(ConfidenceError) {
      confidence = try model.checkedConfidence()
      guard let rejection = confidence?.rejection else {
        network = model
        return
      }
      network = try model.showing(rejection)
    } catch {
      throw ClassifyError.confidence(error)
    }
  }

  /// Whether the model can tell photos of none of its classes.
  public var rejectsPhotos: Bool { confidence?.rejection != nil }

  /// The classes of a photo, the most likely first; see ``NN/Model/classify(_:)``.
  ///
  /// - Throws: ``ClassifyError`` when the outputs are not probabilities of the classes.
  public func classify(_ photo: Image) throws -> ClassifiedPhoto { try classify(input: preprocessing(photo)) }

  /// The classes of the photo in a file, the most likely first; see ``NN/Model/classify(contentsOfFile:limits:)``.
  ///
  /// - Throws: ``ClassifyError`` as `classify(_:)`, and `ImageError` when the file cannot be used.
  public func classify(contentsOfFile path: String, limits: ImageLimits = .standard) throws -> ClassifiedPhoto {
    try classify(input: preprocessing(contentsOfFile: path, limits: limits))
  }

  /// The input that a photo becomes, `[3, H, W]`: for ``classify(inputs:)``, which classifies several at once.
  ///
  /// - Parameters:
  ///   - bytes: the content of the photo's file.
  ///   - path: what an error names as the source.
  ///   - limits: the largest photo to decode.
  /// - Throws: `ImageError` when the bytes hold no photo, are damaged or exceed `limits`.
  public func input(
    decoding bytes: [UInt8], path: String = "bytes in memory", limits: ImageLimits = .standard
  ) throws(ImageError) -> Tensor<Float> {
    try preprocessing(decoding: bytes, path: path, limits: limits)
  }

  /// The classes of several photos, computed as one batch: faster than one by one.
  ///
  /// - Parameter inputs: the photos, each as `input(decoding:path:limits:)` makes it. Stops if one has another shape.
  /// - Returns: the answer for each photo, or the ``ClassifyError`` of this photo alone.
  public func classify(inputs: [Tensor<Float>]) -> [Result<ClassifiedPhoto, any Error>] {
    require(
      inputs.allSatisfy { $0.shape == preprocessing.inputShape },
      "classify: the inputs are \(inputs.map(\.shape)), each must be \(preprocessing.inputShape)")
    if inputs.isEmpty { return [] }
    do {
      let views = try views.inputs(Tensor(concatenating: inputs.map { $0.expandingShape(at: 0) }))
      let outputs = network.outputs(of: [Variable(Tensor(concatenating: views))], Context(.inference))
      return inputs.indices.map { photo in
        Result { try answer(rows: views.indices.map { $0 * inputs.count + photo }, of: outputs) }
      }
    } catch {
      return inputs.map { _ in .failure(error) }
    }
  }

  private func classify(input: Tensor<Float>) throws -> ClassifiedPhoto { try classify(inputs: [input])[0].get() }

  /// The classes of one photo, whose views are the given rows of the outputs.
  private func answer(rows: [Int], of outputs: [Variable<Float>]) throws -> ClassifiedPhoto {
    let meaning = model.outputMeaning
    guard let last = outputs.last else { throw ClassifyError.noProbabilities }
    if meaning?.isLogits == true, last.isProbabilities { throw ClassifyError.probabilitiesForLogits }
    let ofViews = try rows.map { try probabilities(of: last.value.select($0).scalars, meaning) }
    let mean = ofViews[0].indices.map { index in ofViews.reduce(0) { $0 + $1[index] } / Float(rows.count) }
    let classes = zip(model.classes, mean).map(Classification.init).sorted { $0.probability > $1.probability }
    return ClassifiedPhoto(classes: classes, isUnknown: try isUnknown(outputs[0].value, rows))
  }

  /// The probabilities of the classes, from the outputs for one view.
  private func probabilities(of output: [Float], _ meaning: OutputMeaning?) throws(ClassifyError) -> [Float] {
    if let wrong = output.first(where: { !$0.isFinite }) { throw .notFinite(wrong) }
    let row = Tensor(shape: [1, output.count], scalars: output)
    guard let shares = (meaning ?? .probabilities).probabilities(of: row)?.scalars else { throw .noProbabilities }
    // The probabilities of a softmax sum to 1 only up to rounding, so one may be a little above 1.
    if let wrong = shares.first(where: { $0 < -1e-5 || $0 > 1 + 1e-5 }) { throw .outOfRange(wrong) }
    let count = model.classes.count
    var probabilities = shares.map { min(max($0, 0), 1) }
    if count == 2, let second = probabilities.first, probabilities.count == 1 { probabilities = [1 - second, second] }
    guard count == probabilities.count else { throw .classes(names: count, outputs: probabilities.count) }
    return confidence?.corrected(probabilities, logits: meaning == .logits ? output : nil) ?? probabilities
  }

  /// Whether the mean score of the views is below the threshold.
  private func isUnknown(_ features: Tensor<Float>, _ rows: [Int]) throws -> Bool {
    guard let rejection = confidence?.rejection else { return false }
    let scores = rejection.scores(of: features.gathering(rows))
    let score = scores.reduce(0, +) / Float(scores.count)
    guard score.isFinite else { throw ClassifyError.notFinite(score) }
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
  package func showing(_ rejection: Rejection) throws(ConfidenceError) -> Model {
    let network: Model
    do {
      let features = try rejection.layer.map { try value(of: $0) } ?? inputs[0]
      network = try Model(inputs: inputs, outputs: [features] + outputs)
    } catch {
      throw .damaged("\(error)")
    }
    let found = network.outputShape?.elementCount ?? 0
    guard found == rejection.featureCount else {
      throw .damaged("it looks at \(counted(rejection.featureCount, "feature")), and the model makes \(found)")
    }
    return network
  }
}
